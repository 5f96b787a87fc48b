/** Takes trials to other machines and their outcomes back: orders that are whole by themselves, and what is handed back. */
@NullMarked
package io.catwalk.runner.remote;

import org.jspecify.annotations.NullMarked;
