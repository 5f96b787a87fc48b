package io.catwalk.runner.report.drawing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Assigns each layer a row, by the longest path to it, and a column. The longest path through the network is in column
 * 0; branches are to its right, each in the first free column.
 *
 * @param row of each layer
 * @param column of each layer
 * @param entry of each layer: the layer from which the line to it comes down its own column; -1 if none
 * @param exit of each layer: the layer to which the line from it goes down its own column; -1 if none
 */
@SuppressWarnings("ArrayRecordComponent") // created once, read once, never compared
record Columns(int[] row, int[] column, int count, int[] entry, int[] exit) {

    static Columns of(List<Layer> layers) {
        int size = layers.size();
        int[] row = new int[size];
        List<List<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            readers.add(new ArrayList<>());
            for (int input : layers.get(i).inputs()) {
                row[i] = Math.max(row[i], row[input] + 1);
                readers.get(input).add(i);
            }
        }
        int rows = Arrays.stream(row).max().orElse(0) + 1;
        Columns columns = new Columns(row, filled(size), 0, filled(size), filled(size));
        List<BitSet> taken = new ArrayList<>();
        List<Integer> chain = longestChain(layers, columns.column);
        while (!chain.isEmpty()) {
            int first = chain.get(0);
            int last = chain.get(chain.size() - 1);
            int from = layers.get(first).inputs().stream()
                    .max((a, b) -> Integer.compare(row[a], row[b]))
                    .orElse(-1);
            int to = readers.get(last).stream()
                    .min((a, b) -> Integer.compare(row[a], row[b]))
                    .orElse(-1);
            int top = taken.isEmpty() ? 0 : from < 0 ? row[first] : row[from] + 1;
            int bottom = taken.isEmpty() ? rows - 1 : to < 0 ? row[last] : Math.max(row[last], row[to] - 1);
            int free = free(taken, top, bottom + 1);
            taken.get(free).set(top, bottom + 1);
            columns.entry[first] = from;
            columns.exit[last] = to;
            for (int i = 0; i < chain.size(); i++) {
                columns.column[chain.get(i)] = free;
                if (i > 0) {
                    columns.entry[chain.get(i)] = chain.get(i - 1);
                    columns.exit[chain.get(i - 1)] = chain.get(i);
                }
            }
            chain = longestChain(layers, columns.column);
        }
        return new Columns(row, columns.column, taken.size(), columns.entry, columns.exit);
    }

    private static int[] filled(int size) {
        int[] none = new int[size];
        Arrays.fill(none, -1);
        return none;
    }

    /** Returns the first column in which the rows are free; adds one if there is none. */
    private static int free(List<BitSet> taken, int top, int end) {
        for (int i = 0; i < taken.size(); i++) {
            int next = taken.get(i).nextSetBit(top);
            if (next < 0 || next >= end) {
                return i;
            }
        }
        taken.add(new BitSet());
        return taken.size() - 1;
    }

    /** Returns the longest path through layers that have no column yet; empty if all have one. */
    private static List<Integer> longestChain(List<Layer> layers, int[] column) {
        int[] length = new int[layers.size()];
        int[] before = filled(layers.size());
        int end = -1;
        for (int i = 0; i < layers.size(); i++) {
            if (column[i] >= 0) {
                continue;
            }
            length[i] = 1;
            for (int input : layers.get(i).inputs()) {
                if (column[input] < 0 && length[input] + 1 > length[i]) {
                    length[i] = length[input] + 1;
                    before[i] = input;
                }
            }
            if (end < 0 || length[i] > length[end]) {
                end = i;
            }
        }
        List<Integer> chain = new ArrayList<>();
        for (int at = end; at >= 0; at = before[at]) {
            chain.add(0, at);
        }
        return chain;
    }
}
