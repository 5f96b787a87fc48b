/**
 * Holds the contract of a classifier plugin as checks with names. Whoever runs them chooses how they are shown: this package
 * knows no test library.
 */
@NullMarked
package io.catwalk.testkit.contract;

import org.jspecify.annotations.NullMarked;
