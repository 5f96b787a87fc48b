/** Holds pictures made of lines, areas and text, and writes them as SVG or PNG. */
@NullMarked
package io.catwalk.runner.report.graphics;

import org.jspecify.annotations.NullMarked;
