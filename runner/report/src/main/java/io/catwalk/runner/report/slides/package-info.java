/** Writes documents as presentations. */
@NullMarked
package io.catwalk.runner.report.slides;

import org.jspecify.annotations.NullMarked;
