package io.catwalk.runner.report;

import java.util.List;

/**
 * A part of a document: one question and its answer. On slides, it is one slide.
 *
 * @param id unique in the document, for links; letters and dashes
 * @param name a word or two, for a menu
 * @param title the answer, in one sentence without a period
 * @param source where the numbers are, for those who check them: files and keys
 */
public record Section(String id, String name, String title, List<Block> blocks, String source) {

    public Section in(Medium medium) {
        return new Section(id, name, title, Block.in(medium, blocks), source);
    }
}
