package io.catwalk.onnx.lowering;

import io.catwalk.onnx.ExportException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Holds the rows of all primitives. A primitive without a row causes an error that names it; it never becomes a
 * constant.
 */
public final class OperatorTable {

    private static final Map<String, Row> ROWS = rows();

    private OperatorTable() {}

    private static Map<String, Row> rows() {
        Map<String, Row> rows = new TreeMap<>();
        groups().values().stream().flatMap(List::stream).forEach(row -> {
            if (rows.put(row.signature(), row) != null) {
                throw new IllegalStateException("two rows for " + row.signature());
            }
        });
        return rows;
    }

    /** Returns the rows by group, for the documentation. */
    static Map<String, List<Row>> groups() {
        Map<String, List<Row>> groups = new LinkedHashMap<>();
        groups.put(
                "Element-wise",
                Stream.of(ElementwiseRows.rows(), SpecialFunctionRows.rows(), ElementwiseRows.activationRows())
                        .flatMap(List::stream)
                        .toList());
        groups.put("Shape", ShapeRows.rows());
        groups.put("Indexing", IndexingRows.rows());
        groups.put("Reduction", ReductionRows.rows());
        groups.put("Linear algebra", LinearRows.rows());
        groups.put("Spectra", SpectrumRows.rows());
        groups.put("Convolution and pooling", WindowRows.rows());
        groups.put("Resizing", Resampling.rows());
        groups.put("Normalization", NormalizationRows.rows());
        groups.put("Recurrent", RecurrentRows.rows());
        return groups;
    }

    /** Returns what tells whether a primitive has a row, for one export: the rows of users are looked for once. */
    public static Predicate<String> primitives() {
        ForeignRows foreign = foreignRows();
        return signature ->
                ROWS.containsKey(signature) || foreign.row(signature).isPresent();
    }

    static ForeignRows foreignRows() {
        return new ForeignRows(ROWS::containsKey);
    }

    static Row row(String signature, ForeignRows foreign) {
        return Optional.ofNullable(ROWS.get(signature))
                .or(() -> foreign.row(signature))
                .orElseThrow(() -> new ExportException("no row for " + signature));
    }
}
