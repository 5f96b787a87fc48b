package io.catwalk.runner.report.drawing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.catwalk.onnx.OnnxExport;
import io.catwalk.runner.report.Picture.Theme;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ArchitectureDrawingTest {

    private static final Path ROOT = Path.of("../..");
    private static final Path ZOO = ROOT.resolve("onnx-models/zoo/fashion-mnist");

    @ParameterizedTest
    @ValueSource(strings = {"conv-maxpool", "stride-conv", "small-conv", "drop-norm-l2", "rnn", "lstm", "gru"})
    void totalsAreThoseOfTheCard(String name) throws IOException {
        ArchitectureDrawing drawing = ArchitectureDrawing.of(name, ZOO.resolve(name + ".onnx"));
        String card = Files.readString(ZOO.resolve(name + ".md"));
        assertThat(drawing.parameters()).isEqualTo(inCard(card, "parameters"));
        assertThat(drawing.multiplyAccumulates()).isEqualTo(inCard(card, "MACs for one image"));
    }

    private static long inCard(String card, String row) {
        Matcher matcher = Pattern.compile("- " + row + ": ([\\d,]+)\n").matcher(card);
        assertThat(matcher.find()).isTrue();
        return Long.parseLong(matcher.group(1).replace(",", ""));
    }

    /** Outputs and parameters are those of the table in the Javadoc of the plugin, written by hand from the paper. */
    @Test
    void aLayerIsWhatComputesWithWhatFollowsIt() throws IOException {
        assertThat(ArchitectureDrawing.of("", ZOO.resolve("drop-norm-l2.onnx")).layers())
                .extracting(layer -> words(layer) + " " + layer.outputShape() + ": " + layer.parameters())
                .containsExactly(
                        "images () 1 × 28 × 28: 0",
                        "convolution 3×3 (16 filters, padding 1, batch norm, ReLU) 16 × 28 × 28: 192",
                        "convolution 3×3 (32 filters, stride 2, padding 1, batch norm, ReLU) 32 × 14 × 14: 4704",
                        "convolution 3×3 (64 filters, padding 1, batch norm, ReLU) 64 × 14 × 14: 18624",
                        "convolution 3×3 (64 filters, stride 2, padding 1, batch norm, ReLU) 64 × 7 × 7: 37056",
                        "flatten () 3136: 0",
                        "dense (128 units, batch norm, ReLU) 128: 401792",
                        "dense (10 units) 10: 1290",
                        "logits () 10: 0");
    }

    @Test
    void aRecurrentLayerSaysHowItWalksOverTheRows() throws IOException {
        assertThat(ArchitectureDrawing.of("", ZOO.resolve("lstm.onnx")).layers().stream()
                        .map(Layer::recurrence))
                .filteredOn(Objects::nonNull)
                .containsOnly(new Layer.Recurrence("LSTM", 28, 128, Layer.Way.FORWARD, Layer.Answers.ALL))
                .hasSize(2);
    }

    @Test
    void aSkipEndsWhereItsBlockIsAdded() {
        List<Layer> layers = BranchingNetworks.RESIDUAL.layers();
        List<Layer> sums = named(layers, "add");
        assertThat(sums).hasSize(11).allMatch(sum -> sum.detail().equals("ReLU"));
        // After the projection, each sum reads the second convolution before it, and the sum before that.
        for (Layer sum : sums.subList(1, sums.size())) {
            int place = layers.indexOf(sum);
            assertThat(sum.inputs()).containsExactlyInAnyOrder(place - 1, place - 3);
            assertThat(layers.get(place - 3).name()).isEqualTo("add");
        }
    }

    @Test
    void theGateOfSqueezeAndExcitationMeetsTheImageAgain() {
        List<Layer> layers = BranchingNetworks.SQUEEZE_EXCITE.layers();
        Layer product = named(layers, "multiply").get(0);
        String image = "convolution 3×3 (16 filters, padding 1, batch norm, ReLU)";
        assertThat(product.inputs().stream().map(layers::get).map(ArchitectureDrawingTest::words))
                .containsExactly(image, "dense (16 units, sigmoid)");
        assertThat(product.output()).containsExactly(16L, 16L, 16L);
    }

    @Test
    void fourBranchesAreConcatenated() {
        List<Layer> layers = BranchingNetworks.INCEPTION.layers();
        Layer together = named(layers, "concatenate").get(0);
        assertThat(together.inputs()).hasSize(4);
        assertThat(together.outputShape()).isEqualTo("24 × 16 × 16");
    }

    @Test
    void activationsThatReadTheirInputTwiceAreStillOne() {
        assertThat(words(BranchingNetworks.BOTH_WAYS.layers()))
                .startsWith("images ()", "GRU (hidden size 12, bidirectional)", "slice ()")
                .endsWith("dense (8 units, swish)", "dense (8 units, GELU)", "dense (10 units)", "logits ()")
                .hasSize(7);
    }

    /** Counts the parameters of a network with DJL itself. */
    @ParameterizedTest
    @EnumSource
    void noParameterIsLostOrCountedTwice(BranchingNetworks network) {
        var block = BranchingNetworks.initialized(network.block());
        long expected = block.getParameters().stream()
                .filter(parameter -> !parameter.getKey().contains("running"))
                .mapToLong(parameter -> parameter.getValue().getArray().size())
                .sum();
        byte[] onnx = OnnxExport.of(block, BranchingNetworks.IMAGE).bytes();
        assertThat(ArchitectureDrawing.of("", onnx).parameters()).isEqualTo(expected);
    }

    /** Boxes of layers, which are the tinted ones of the full width, never cover each other. */
    @ParameterizedTest
    @CsvSource({"RESIDUAL, × 10", "SQUEEZE_EXCITE, multiply", "INCEPTION, concatenate", "BOTH_WAYS, h₁₆"})
    void aDrawingIsWellFormedAndSaysWhatMatters(BranchingNetworks network, String word) throws Exception {
        ArchitectureDrawing drawing = new ArchitectureDrawing("<" + network + " & \"co\">\u0007", network.layers());
        Document svg = parsed(drawing.svg(Theme.PAGE));
        assertThat(svg.getDocumentElement().getTextContent()).contains(word, "<" + network + " & \"co\">");
        assertThat(svg.getElementsByTagName("title").getLength()).isEqualTo(1);
        assertThat(svg.getElementsByTagName("desc").item(0).getTextContent()).contains("logits (10)");
        assertDisjoint(svg);
    }

    @Test
    void aNetworkUnrolledStepByStepIsStillReadable() throws Exception {
        ArchitectureDrawing drawing =
                ArchitectureDrawing.of("gru", ZOO.resolve("unrolled").resolve("gru.onnx"));
        assertThat(drawing.layers()).hasSizeGreaterThan(300);
        Document svg = parsed(drawing.svg(Theme.PAGE));
        assertThat(svg.getElementsByTagName("rect").getLength()).isBetween(10, 80);
        assertThat(svg.getDocumentElement().getTextContent()).contains("× 2");
        assertDisjoint(svg);
        var image = ImageIO.read(new ByteArrayInputStream(drawing.picture().png(2)));
        assertThat((double) image.getWidth()).isEqualTo(Math.ceil(2 * number(svg.getDocumentElement(), "width")));
    }

    private static void assertDisjoint(Document svg) {
        NodeList boxes = svg.getElementsByTagName("rect");
        assertThat(boxes.getLength()).isGreaterThan(4);
        List<Element> layers = IntStream.range(0, boxes.getLength())
                .mapToObj(i -> (Element) boxes.item(i))
                .filter(box -> number(box, "width") > 100 && !box.hasAttribute("stroke-dasharray"))
                .toList();
        for (Element one : layers) {
            for (Element other : layers.subList(0, layers.indexOf(one))) {
                double width = Math.max(0, overlap(one, other, "x", "width"));
                assertThat(width * Math.max(0, overlap(one, other, "y", "height")))
                        .isZero();
            }
        }
    }

    private static double overlap(Element one, Element other, String start, String size) {
        double end = Math.min(number(one, start) + number(one, size), number(other, start) + number(other, size));
        return end - Math.max(number(one, start), number(other, start));
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    @Test
    void anotherFileIsRefused() {
        assertThatThrownBy(() -> ArchitectureDrawing.of("x", ROOT.resolve("pom.xml")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected an ONNX model");
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<String> words(List<Layer> layers) {
        return layers.stream().map(ArchitectureDrawingTest::words).toList();
    }

    private static List<Layer> named(List<Layer> layers, String name) {
        return layers.stream().filter(layer -> layer.name().equals(name)).toList();
    }

    private static String words(Layer layer) {
        return layer.name() + " (" + layer.detail() + ")";
    }
}
