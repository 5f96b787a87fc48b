/** Model cards: what an exported network is, how good it is, and how to run it. */
@NullMarked
package io.catwalk.runner.report.card;

import org.jspecify.annotations.NullMarked;
