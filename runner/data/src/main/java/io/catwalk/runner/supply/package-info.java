/** Fetches files to where they are needed: from this machine or another, whole, and verified by their digests. */
@NullMarked
package io.catwalk.runner.supply;

import org.jspecify.annotations.NullMarked;
