package io.catwalk.runner.evaluation;

import static io.catwalk.runner.Refusals.illegal;
import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Predictions.PredictedClasses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("tiny")
class PredictionsTest {

    private static final String HEADER = "image,label,logit_0,logit_1\n";

    private static final Predictions TWO = new Predictions(2, new int[] {1, 0}, new float[] {1, -2, 0.5f, 3});

    private static final ImageSource UNNAMED = HeapImages.of(1, 1, 1, new byte[2], new int[] {1, 0});

    @TempDir
    Path folder;

    private Path csv() {
        return folder.resolve("predictions.csv");
    }

    @Test
    void theLowestOfEqualClassesIsPredicted() {
        var predictions = new Predictions(3, new int[] {0, 0, 0}, new float[] {1, 2, 2, 5, 5, 5, -1, -2, -1});

        assertThat(predictions.predicted()).containsExactly(1, 0, 0);
        assertThat(predictions.predictedClasses().correct()).containsExactly(false, true, true);
    }

    @Test
    void softmaxOfLogarithmsIsTheirSharesAndOfHugeLogitsDoesNotOverflow() {
        float[] logits = {0, 0, (float) Math.log(3), 0, 3e38f, -3e38f}; // shares 1:1, 3:1 and 1:0
        var predictions = new Predictions(2, new int[3], logits);

        assertThat(predictions.probabilities(0)).containsExactly(new double[] {0.5, 0.5}, within(1e-7));
        assertThat(predictions.probabilities(1)).containsExactly(new double[] {0.75, 0.25}, within(1e-7));
        assertThat(predictions.probabilities(2)).containsExactly(1, 0);
    }

    @Test
    void wrongShapesLabelsAndLogitsAreRefused() {
        float[] two = {0, 1};
        illegal(() -> new Predictions(1, new int[] {0}, new float[] {1}), "at least 2 classes");
        illegal(() -> new Predictions(2, new int[0], new float[0]), "at least 1 image");
        illegal(() -> new Predictions(2, new int[] {0, 1}, two), "4 logits for 2 images of 2 classes", "found 2");
        illegal(() -> new Predictions(2, new int[] {2}, two), "labels from 0 to 1, but image 0 has 2");
        float[] nan = {0, 1, 2, Float.NaN};
        illegal(() -> new Predictions(2, new int[] {0, 1}, nan), "image 1 has NaN for class 1");
    }

    @Test
    void everyFloatComesBackFromTheFileExactly() throws IOException {
        Random random = new Random(1);
        float[] logits = new float[4000];
        for (int i = 0; i < logits.length; i++) {
            float any = Float.intBitsToFloat(random.nextInt());
            logits[i] = Float.isFinite(any) ? any : Float.MIN_VALUE;
        }
        var predictions = new Predictions(4, random.ints(1000, 0, 4).toArray(), logits);

        predictions.write(csv(), HeapImages.of(1, 1, 1, new byte[1000], predictions.labels()));

        assertThat(Predictions.read(csv())).usingRecursiveComparison().isEqualTo(predictions);
    }

    @Test
    void theFileHasOneRowPerImageInOrder() throws IOException {
        Path file = csv();
        new Predictions(2, new int[] {1, 0}, new float[] {0.1f, -2, 1e-10f, 3}).write(file, UNNAMED);

        assertThat(file).hasContent("image,label,logit_0,logit_1,index,file\n0,1,0.1,-2.0,0,\n1,0,1.0E-10,3.0,1,\n");
        assertThat(folder).isDirectoryContaining("glob:**.csv").isDirectoryNotContaining("glob:**.part");
        assertThat(PredictedClasses.read(file))
                .usingRecursiveComparison()
                .isEqualTo(new PredictedClasses(2, new int[] {1, 0}, new int[] {0, 1}));
    }

    /** The third and the first of three images, one of them with a name that needs quotes and has a line break. */
    private static ImageSource chosen() {
        ImageSource all = HeapImages.of(1, 1, 1, new byte[3], new int[] {0, 1, 1});
        return HeapImages.named(all, List.of("b/x, \"y\"\n.png", "a/1.png", "a/é.png"))
                .select(new int[] {2, 0});
    }

    @Test
    void theFileNamesTheImages() throws IOException {
        Path file = csv();
        TWO.write(file, chosen());

        assertThat(file).hasContent("""
                        image,label,logit_0,logit_1,index,file
                        0,1,1.0,-2.0,2,a/é.png
                        1,0,0.5,3.0,0,"b/x, ""y""\\u000a.png"
                        """);
        assertThat(Predictions.read(file)).usingRecursiveComparison().isEqualTo(TWO);
        Files.writeString(file, Files.readString(file).replace("\n", "\r\n"));
        assertThat(Predictions.read(file)).usingRecursiveComparison().isEqualTo(TWO);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        0,1,1,2        | 6 fields
        0,1,1,2,3      | 6 fields
        0,1,1,2,x,a    | the index of an image
        0,1,1,2,-1,a   | the index of an image
        """)
    void aWrongNameIsRefused(String line, String expected) throws IOException {
        Path file = Files.writeString(csv(), "image,label,logit_0,logit_1,index,file\n" + line + "\n");

        refused(() -> Predictions.read(file), "expected " + expected + " in line 2");
    }

    @Test
    void theArrayNamesTheImages() throws IOException {
        Path file = folder.resolve("predictions.npy");
        TWO.write(file, chosen().select(new int[] {0, 0}));

        byte[] bytes = Files.readAllBytes(file);
        assertThat(new String(bytes, 10, 118, StandardCharsets.US_ASCII))
                .startsWith(
                        "{'descr': [('label', '<i4'), ('logits', '<f4', (2,)), ('index', '<i4'), ('file', '|S8')], ");
        assertThat(new String(bytes, bytes.length - 8, 8, StandardCharsets.UTF_8))
                .isEqualTo("a/é.png");
        assertThat(bytes[bytes.length - 12]).isEqualTo((byte) 2);
        assertThat(Predictions.read(file)).usingRecursiveComparison().isEqualTo(TWO);
        TWO.write(file, UNNAMED);
        assertThat(Predictions.read(file)).usingRecursiveComparison().isEqualTo(TWO);
    }

    @Test
    void aFailedWriteLeavesNothingBehind() throws IOException {
        Path occupied = csv();
        Files.createDirectories(occupied.resolve("inside"));

        assertThatThrownBy(() -> TWO.write(occupied, UNNAMED)).isInstanceOf(IOException.class);
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ''                                         | the header image,label,logit_0,logit_1 | line 1 | the end of the file
        image,label,logit_0                        | the header                             | line 1 | 'image,label,logit_0'
        image,label,logit_1,logit_0                | the header                             | line 1 | logit_1,logit_0
        image,label,logit_0,logit_1                | at least one image                     | line 2 | the end of the file
        image,label,logit_0,logit_1;0,1,0.5        | 4 fields                               | line 2 | '0,1,0.5'
        image,label,logit_0,logit_1;0,1,1,2,3      | 4 fields                               | line 2 | '0,1,1,2,3'
        image,label,logit_0,logit_1;0,1,1,2;2,0,1,1| image 1                                | line 3 | '2'
        image,label,logit_0,logit_1;0,2,1,2        | a label from 0 to 1                    | line 2 | '2'
        image,label,logit_0,logit_1;0,-1,1,2       | a label from 0 to 1                    | line 2 | '-1'
        image,label,logit_0,logit_1;0,x,1,2        | a label from 0 to 1                    | line 2 | 'x'
        image,label,logit_0,logit_1;0,1,NaN,2      | a finite logit                         | line 2 | 'NaN'
        image,label,logit_0,logit_1;0,1,2,Infinity | a finite logit                         | line 2 | 'Infinity'
        image,label,logit_0,logit_1;0,1,2,         | a finite logit                         | line 2 | ''
        image,label,logit_0,logit_1;0,1,1,2;;      | 4 fields                               | line 3 | ''
        """)
    void aWrongLineIsNamed(String lines, String expected, String line, String found) throws IOException {
        Path file = Files.writeString(csv(), lines.replace(';', '\n'));

        refused(() -> Predictions.read(file), "expected " + expected, line + " of " + file, "found", found);
    }

    @Test
    void aMissingAndABinaryFileAreRefused() throws IOException {
        Path binary = folder.resolve("binary.csv");
        Files.write(binary, (HEADER + "\u00e9").getBytes(StandardCharsets.ISO_8859_1));

        refused(() -> Predictions.read(folder.resolve("missing.csv")), "no such file");
        refused(() -> Predictions.read(binary), "4 fields in line 2");
        refused(() -> Predictions.read(folder), "expected predictions in " + folder, "a folder");
    }

    @Test
    void aLineWithoutEndIsNotHeldInMemory() throws IOException {
        Path file = Files.writeString(csv(), HEADER + "1".repeat(1 << 20));

        refused(() -> Predictions.read(file), "a line of at most 128 letters in line 2", "a longer one");
    }

    @Test
    void linesMayEndAsOnWindowsAndTheLastOneNotAtAll() throws IOException {
        Path file = Files.writeString(csv(), HEADER.replace("\n", "\r\n") + "0,1,0.5,2\r\n1,0,-1,3");

        assertThat(Predictions.read(file))
                .usingRecursiveComparison()
                .isEqualTo(new Predictions(2, new int[] {1, 0}, new float[] {0.5f, 2, -1, 3}));
    }

    /** Written by hand according to the published format, numpy.lib.format, version 1.0: 10 and 118 are twice 64. */
    private static byte[] array() {
        String header =
                "{'descr': [('label', '<i4'), ('logits', '<f4', (2,))], 'fortran_order': False, 'shape': (2,), }";
        String numbers = "01000000" + "0000803f" + "000000c0" + "00000000" + "0000003f" + "00004040";
        return HexFormat.of()
                .parseHex("934e554d505901007600"
                        + HexFormat.of().formatHex("%-117s\n".formatted(header).getBytes(StandardCharsets.US_ASCII))
                        + numbers);
    }

    /** As earlier versions wrote it. */
    @Test
    void theArrayIsOfNumpysFormatAndMayLackNames() throws IOException {
        Path file = Files.write(folder.resolve("predictions.npy"), array());

        assertThat(Predictions.read(file)).usingRecursiveComparison().isEqualTo(TWO);
        assertThat(PredictedClasses.read(file))
                .usingRecursiveComparison()
                .isEqualTo(new PredictedClasses(2, new int[] {1, 0}, new int[] {0, 1}));
        TWO.write(file, UNNAMED);
        byte[] written = Files.readAllBytes(file);
        assertThat(written).startsWith(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 0x76, 0);
        assertThat(new String(written, 10, 118, StandardCharsets.US_ASCII))
                .startsWith("{'descr': [('label', '<i4'), ('logits', '<f4', (2,)), ('index', '<i4')], ")
                .endsWith(" \n");
        assertThat(HexFormat.of().formatHex(written, 128, written.length))
                .isEqualTo("01000000" + "0000803f" + "000000c0" + "00000000" + "00000000" + "0000003f" + "00004040"
                        + "01000000");
    }

    @Test
    void numpyReadsTheArray() throws IOException, InterruptedException {
        Path file = folder.resolve("predictions.npy");
        new Predictions(3, new int[] {2, 0}, new float[] {1, -2, 0.5f, 3, 1e-10f, 7}).write(file, chosen());
        String said = python("import numpy; rows = numpy.load('" + file + "', mmap_mode='r', allow_pickle=False); "
                + "assert rows['label'].tolist() == [2, 0]; logits = rows['logits']; "
                + "assert logits.shape == (2, 3) and logits.dtype == numpy.float32; "
                + "assert logits.tolist() == [[1, -2, 0.5], [3, float(numpy.float32(1e-10)), 7]]; "
                + "assert rows['index'].tolist() == [2, 0]; "
                + "assert rows['file'][0].decode() == 'a/\\u00e9.png'; numpy.save('" + file + "', rows)");
        assumeThat(said).as("there is no numpy here").doesNotContain("No module named", "there is no python3");
        assertThat(said).isEmpty();
        assertThat(Predictions.read(file).images()).isEqualTo(2); // also what NumPy wrote
    }

    private String python(String program) throws IOException, InterruptedException {
        try {
            ProcessBuilder python = new ProcessBuilder("python3", "-c", program);
            Process process = python.redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? "" : said + " ";
        } catch (IOException e) {
            return "there is no python3";
        }
    }

    @Test
    void textIsForAtMostTenMillionLogits() {
        assertThat(new Predictions(2, new int[5_000_000], new float[10_000_000]).extension())
                .isEqualTo(".csv");
        assertThat(new Predictions(2, new int[5_000_001], new float[10_000_002]).extension())
                .isEqualTo(".npy");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        cut in the header   | 60  |      |     | the end of the file
        cut in an image     | 151 |      |     | 2 of 2, in 151
        without end         | 0   |      |     | the end of the file
        another magic       | 152 | 1    | 88  | other bytes
        version 2           | 152 | 6    | 2   | other bytes
        big-endian          | 152 | 32   | 62  | '{'descr'
        a label of 7        | 152 | 128  | 7   | found 7
        a negative label    | 152 | 131  | 255 | found -
        not a number        | 152 | 134  | 255 | image 0
        infinity            | 152 | 151  | 127 | found
        """)
    void aDamagedArrayIsNamed(String damage, int length, Integer at, Integer value, String found) throws IOException {
        Path file = folder.resolve("predictions.npy");
        byte[] bytes = Arrays.copyOf(array(), length);
        if (at != null) {
            bytes[at] = value.byteValue();
            if (damage.equals("not a number") || damage.equals("infinity")) {
                bytes[at + (damage.equals("infinity") ? -1 : 1)] = (byte) (damage.equals("infinity") ? 0x80 : 0x7f);
            }
        }
        Files.write(file, bytes);

        refused(() -> Predictions.read(file), "expected ", file.toString(), found, "evaluate the model again");
    }

    /** Predicts the given class for each image. */
    private static PredictedClasses predictions(int[] labels, int... answers) {
        return new PredictedClasses(3, labels, answers);
    }

    @Test
    void anImageCountsOnlyIfNobodyIsRight() {
        int[] labels = {0, 1, 2, 0, 1};
        PredictedClasses first = predictions(labels, 0, 2, 0, 1, 2);
        PredictedClasses second = predictions(labels, 1, 2, 2, 2, 0);

        assertThat(PredictedClasses.wrongForAll(List.of(first))).containsExactly(1, 2, 3, 4);
        assertThat(PredictedClasses.wrongForAll(List.of(first, second))).containsExactly(1, 3, 4);
        assertThat(PredictedClasses.wrongForAll(List.of(first, second, predictions(labels, labels))))
                .isEmpty();
    }

    @Test
    void answersToOtherImagesAreRefused() {
        assertThatThrownBy(() -> PredictedClasses.wrongForAll(
                        List.of(predictions(new int[] {0, 1}, 0, 1), predictions(new int[] {1, 0}, 0, 1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PredictedClasses.wrongForAll(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
