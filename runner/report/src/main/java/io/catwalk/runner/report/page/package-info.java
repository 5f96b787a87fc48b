/** Writes the report of a run as one HTML file that needs no network and no other file. */
@NullMarked
package io.catwalk.runner.report.page;

import org.jspecify.annotations.NullMarked;
