/**
 * The contract of a classifier plugin, as named checks. This package depends on no test library; its callers decide how
 * results are shown.
 */
@NullMarked
package io.catwalk.testkit.contract;

import org.jspecify.annotations.NullMarked;
