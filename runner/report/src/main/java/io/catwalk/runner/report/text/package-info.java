/** Renders documents as text: Markdown and lines for a terminal. */
@NullMarked
package io.catwalk.runner.report.text;

import org.jspecify.annotations.NullMarked;
