package io.catwalk.runner.report.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.graph.Dim;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerReaderTest {

    /** Worked out by hand. */
    @ParameterizedTest
    @CsvSource({
        "12, 12",
        "28*batch, 28",
        "batch-1, 0",
        "-2*batch+3, 1",
        "2*batch*height*width, 2",
        "floor((height+5)/2)+1, 4",
        "4*height/32, 4",
        "batch+batch*floor((height+7)/4)*width-7, -4",
        "floor((3*floor((height+6)/2)+1)/4)+2, 4",
        "2*floor((batch-4)/2)+7, 3",
        "batch+floor((batch-4)/2), -1",
        "floors, 1"
    })
    void aSizeIsThatOfOneImage(String size, long expected) {
        assertThat(LayerReader.ofOne(Dim.axis(size))).isEqualTo(expected);
    }

    @Test
    void whatIsNoFormulaIsTheNameOfAnAxis() {
        String texts = "|batch+|2*|*batch|floor(batch)/2)|floor((batch/2)|floor((batch)2)|floor((batch)/0)|floor"
                + "|99999999999999999999|-|N?|past sequence + 1";
        for (String text : texts.split("\\|", -1)) {
            assertThat(LayerReader.ofOne(Dim.axis(text))).as(text).isEqualTo(1);
        }
    }
}
