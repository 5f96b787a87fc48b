package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("tiny")
class PaletteTest {

    private static final List<String> PAPERS = List.of("#FFFFFF", "#FAFAF8", "#15171A", "#1C1F23");

    /**
     * Linear red, green and blue as seen without the long, the middle, the short cones: Machado, Oliveira and Fernandes
     * 2009, table of severity 1.0; and with all cones.
     */
    private static final double[][][] EYES = {
        {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
        {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
        {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
        {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}
    };

    private static double[] linear(String color) {
        return IntStream.of(1, 3, 5)
                .mapToDouble(at -> Integer.parseInt(color.substring(at, at + 2), 16) / 255.0)
                .map(part -> part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4))
                .toArray();
    }

    /** Relative luminance as WCAG 2.2 defines it. */
    private static double luminance(String color) {
        double[] rgb = linear(color);
        return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
    }

    private static double contrast(String one, String other) {
        double a = luminance(one) + 0.05;
        double b = luminance(other) + 0.05;
        return Math.max(a, b) / Math.min(a, b);
    }

    private static double[] lab(String color, double[][] eyes) {
        double[] rgb = times(eyes, linear(color));
        double[][] toXyz = {
            {0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750}, {0.0193339, 0.1191920, 0.9503041}
        };
        double[] xyz = times(
                toXyz,
                DoubleStream.of(rgb).map(part -> Math.max(0, Math.min(1, part))).toArray());
        double y = cubeRoot(xyz[1]);
        return new double[] {
            116 * y - 16, 500 * (cubeRoot(xyz[0] / 0.95047) - y), 200 * (y - cubeRoot(xyz[2] / 1.08883))
        };
    }

    private static double cubeRoot(double value) {
        return value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16.0 / 116;
    }

    private static double[] times(double[][] matrix, double[] vector) {
        return Stream.of(matrix)
                .mapToDouble(row -> row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2])
                .toArray();
    }

    @Test
    void everyColorIsSeenOnBothPapers() {
        for (String color : Palette.COLORS) {
            assertThat(PAPERS).as(color).allMatch(paper -> contrast(color, paper) >= 3);
        }
    }

    @Test
    void noTwoColorsAreAlikeForAnybody() {
        for (double[][] eyes : EYES) {
            for (int i = 0; i < Palette.COLORS.size(); i++) {
                for (int j = 0; j < i; j++) {
                    double[] one = lab(Palette.COLORS.get(i), eyes);
                    double[] other = lab(Palette.COLORS.get(j), eyes);
                    double distance = Math.hypot(one[0] - other[0], Math.hypot(one[1] - other[1], one[2] - other[2]));
                    assertThat(distance).as("%d and %d", i, j).isGreaterThan(18);
                }
            }
        }
    }

    @Test
    void aClassifierLooksAlikeInEveryReportOfTheStudy() {
        Palette all = new Palette(SampleRun.SEVEN);
        for (String name : SampleRun.SEVEN) {
            assertThat(new Palette(List.of(name)).look(name)).isEqualTo(all.look(name));
        }
        assertThat(SampleRun.SEVEN.stream().map(name -> all.look(name).color())).doesNotHaveDuplicates();
    }

    @Test
    void fortyClassifiersHaveFortyLooksAndTheFirstEightEachAColor() {
        List<String> names = SampleRun.numbered("net-", 40);
        assertThat(names.stream().map(new Palette(names)::look)).doesNotHaveDuplicates();
        List<String> eight = names.subList(0, 8);
        Palette few = new Palette(eight);
        assertThat(eight.stream().map(name -> few.look(name).color())).doesNotHaveDuplicates();
    }
}
