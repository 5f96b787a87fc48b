/** Packs an exported model for whoever receives it: files, samples with their answers, and programs that ask it. */
@NullMarked
package io.catwalk.runner.parcel;

import org.jspecify.annotations.NullMarked;
