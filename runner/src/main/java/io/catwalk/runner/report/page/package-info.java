/** Writes the report of a run as one HTML file that needs nothing else: no network, no other file. */
@NullMarked
package io.catwalk.runner.report.page;

import org.jspecify.annotations.NullMarked;
