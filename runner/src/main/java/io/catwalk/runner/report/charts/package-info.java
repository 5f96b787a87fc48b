/**
 * Draws the charts of a report: once, from the numbers of its model. The page, the files in {@code plots} and the
 * slides show what is made here.
 */
@NullMarked
package io.catwalk.runner.report.charts;

import org.jspecify.annotations.NullMarked;
