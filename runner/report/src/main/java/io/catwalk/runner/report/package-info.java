/**
 * What is said and drawn about a run: a document, with one class for each section, from the results alone. Renderers show it
 * and decide nothing.
 */
@NullMarked
package io.catwalk.runner.report;

import org.jspecify.annotations.NullMarked;
