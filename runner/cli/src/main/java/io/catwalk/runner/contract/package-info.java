/** Runs the checks of the contract on a built plugin, in processes of their own. */
@NullMarked
package io.catwalk.runner.contract;

import org.jspecify.annotations.NullMarked;
