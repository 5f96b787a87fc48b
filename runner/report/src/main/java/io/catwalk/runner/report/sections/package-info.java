/** What is said and drawn about a run: one class for each section, from the results alone. */
@NullMarked
package io.catwalk.runner.report.sections;

import org.jspecify.annotations.NullMarked;
