/** Brings files to where they are needed: from this machine or another, whole, and by their digest. */
@NullMarked
package io.catwalk.runner.supply;

import org.jspecify.annotations.NullMarked;
