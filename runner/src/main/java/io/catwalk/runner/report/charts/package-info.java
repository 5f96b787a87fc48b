/**
 * Draws the charts of a report, from the numbers of its model. The page, the files in {@code plots} and the slides all
 * show these charts.
 */
@NullMarked
package io.catwalk.runner.report.charts;

import org.jspecify.annotations.NullMarked;
