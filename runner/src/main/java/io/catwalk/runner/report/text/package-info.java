/** Documents as plain text: in a terminal and as Markdown. */
@NullMarked
package io.catwalk.runner.report.text;

import org.jspecify.annotations.NullMarked;
