/** Draws the charts of a report as files: SVG for pages and print, PNG for everything else. */
@NullMarked
package io.catwalk.runner.report.plots;

import org.jspecify.annotations.NullMarked;
