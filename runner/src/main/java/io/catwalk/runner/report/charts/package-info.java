/**
 * Draws charts and other pictures made of lines, areas and text, as SVG or PNG. The page, the files in {@code plots} and
 * the slides all show the same charts.
 */
@NullMarked
package io.catwalk.runner.report.charts;

import org.jspecify.annotations.NullMarked;
