/** Writes a run as slides, with text, tables and charts that a presenter can edit. */
@NullMarked
package io.catwalk.runner.report.slides;

import org.jspecify.annotations.NullMarked;
