/** What is said about results, independent of where it is read. Renderers show a document and decide nothing. */
@NullMarked
package io.catwalk.runner.report.document;

import org.jspecify.annotations.NullMarked;
