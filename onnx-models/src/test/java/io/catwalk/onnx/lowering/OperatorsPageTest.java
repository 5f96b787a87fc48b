package io.catwalk.onnx.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Compares docs/reference/onnx-operators.md with the table; with {@code -Dcatwalk.docs=write}, it writes the page
 * instead.
 */
@Tag("tiny")
class OperatorsPageTest {

    private static final Path PAGE = Path.of("../docs/reference/onnx-operators.md");
    private static final String HEAD = """
            # DJL primitives and the ONNX operators they become

            This page is written from the operator table (`io.catwalk.onnx.lowering`); a test holds it to it. After a
            change: `mvn -pl onnx-models -am test -Dtest=OperatorsPageTest -Dcatwalk.docs=write`.

            Each row is run in ONNX Runtime and compared with DJL's PyTorch engine by its samples (`OperatorSamples`).
            Methods of `NDArray` that are not listed and have a default form (`mean(int[])`, `all()`, `scaleGradient`,
            `swish`, `relu6`, subtraction and division the other way round, ...) are taken apart into these.
            In-place forms (`addi`, ...) are written as their plain forms. Arithmetic on parameters and constants alone
            is done while exporting and leaves its result in the file.
            """;
    private static final String TAIL = """

            ## Where DJL's PyTorch engine says something else than its documentation

            The file answers as the engine does:

            - `avgPool` counts the zeros of the padding whatever `countIncludePad` says.
            - `interpolation` ignores `alignCorners`, and always smooths (antialias) in the bilinear and the bicubic mode.
            - `interpolation` to several rows of one column repeats the first row in these two modes: refused.
            - `batchNorm` with axis -1 normalizes axis 1.
            - `mish` takes the logarithm to base 2.
            - `gatherNd` overwrites its indices where they lead through several axes: using them again is refused.
            - Recurrent blocks with both directions and biases hand their parameters over in a wrong order: refused. A call of
              `lstm`, `gru` or `rnn` itself, with the parameters in the order of PyTorch, is exported.
            - `median` takes the lower of the two numbers in the middle.

            ## Ties and NaN

            Where the definition leaves the answer open, the file need not answer as PyTorch does:

            - Equal numbers: `argSort` and the places of `topK` list them in the order of their places (backwards where
              `argSort` descends); PyTorch lists them in no order that it promises. The numbers themselves are the same.
            - NaN: PyTorch takes it for the largest number in `sort`, `argSort`, `topK` and `argMax`, and returns it from
              `max`, `min` and `median`. ONNX Runtime leaves it out or puts it anywhere. `maximum`, `minimum`, `clip`, `relu`
              and sums pass it on in both.

            ## Half precision

            Parameters, inputs and arrays of FLOAT16 stay FLOAT16 in the file. ONNX Runtime has few kernels for them on a
            CPU: it computes in FLOAT and may round less often than PyTorch, so that a number that PyTorch makes
            infinite in between (above 65504) need not be infinite there.

            ## Refused, with the reason in the error

            - Reading numbers of an array that depends on the input (`getFloat`, `toFloatArray`, ...).
            - Boolean masks that depend on the input: the shape of the result would depend on the data.
            - An array that is used after its memory was written through another array. A slice (`get`) may be written: what
              it is a slice of is written, too.
            - Several values for a mask that depends on the input.
            - What DJL's PyTorch engine does not implement: `prelu`, `batchDot`, `deconvolution`, `asinh`, `acosh`, `atanh`,
              `trace`, `multiBoxTarget`; and `multiBoxDetection`, which decides by numbers.
            - Types that the engine does not know, and ends the process on: BFLOAT16, INT16, UINT16, UINT32, UINT64.
            """;

    @Test
    void thePageIsTheTable() throws IOException {
        if ("write".equals(System.getProperty("catwalk.docs"))) {
            Files.writeString(PAGE, page());
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page());
    }

    private static String page() {
        StringBuilder page = new StringBuilder(HEAD);
        OperatorTable.groups().forEach((group, rows) -> {
            page.append("\n## ").append(group).append("\n\n| DJL | ONNX |\n|---|---|\n");
            List<Row> sorted = rows.stream()
                    .sorted(java.util.Comparator.comparing(Row::signature))
                    .toList();
            sorted.forEach(row -> page.append("| `")
                    .append(row.signature())
                    .append("` | ")
                    .append(row.operators())
                    .append(" |\n"));
        });
        return page.append(TAIL).toString();
    }
}
