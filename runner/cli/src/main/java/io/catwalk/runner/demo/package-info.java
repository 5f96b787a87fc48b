/** Writes a page that runs exported networks in a browser, opened from disk and without a network connection. */
@NullMarked
package io.catwalk.runner.demo;

import org.jspecify.annotations.NullMarked;
