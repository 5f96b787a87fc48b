/** Holds the contract between the program and a classifier plugin: interfaces and records only. */
@NullMarked
package io.catwalk.api;

import org.jspecify.annotations.NullMarked;
