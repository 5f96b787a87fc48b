package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.util.Pair;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.graph.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that files hold what their networks hold: a weight is in a file once, however often it is used. */
@Tag("tiny")
class LeanFileTest extends ExportTest {

    private static final Shape SEQUENCE = new Shape(5, 16);

    /** Numbers beside the weights: axes, shapes, scales. */
    private static final long SMALL_CHANGE = 400;

    private static long bytesOfTensors(byte[] model) {
        return graph(model).getInitializerList().stream()
                .mapToLong(tensor -> tensor.getRawData().size())
                .sum();
    }

    private static long bytesOfParameters(Block block) {
        long numbers = block.getParameters().stream()
                .map(Pair<String, Parameter>::getValue)
                .distinct()
                .mapToLong(parameter -> parameter.getArray().size())
                .sum();
        return numbers * Float.BYTES;
    }

    private static void assertLean(Block block, double tolerance) throws Exception {
        byte[] model = assertAgrees(block, SEQUENCE, tolerance);
        assertThat(bytesOfTensors(model)).isBetween(bytesOfParameters(block), bytesOfParameters(block) + SMALL_CHANGE);
    }

    @Test
    void aTransformerBlockThatIsUsedTwelveTimesHoldsItsWeightsOnce() throws Exception {
        TransformerEncoderBlock encoder = new TransformerEncoderBlock(16, 2, 32, 0, Activation::relu);
        Block block = new SequentialBlock().addAll(Collections.nCopies(12, encoder));
        assertLean(initialized(block, SEQUENCE), 1e-3); // rounding errors of the first layer grow in twelve layers
    }

    @Test
    void aRecurrentLayerInEightBranchesHoldsItsWeightsOnce() throws Exception {
        Block gru = GRU.builder().setStateSize(8).setNumLayers(2).build();
        Block block = initialized(joined(1, Collections.nCopies(8, gru).toArray(Block[]::new)), SEQUENCE);
        assertLean(block, TOLERANCE);
        OnnxExport unrolled = OnnxExport.of(block, SEQUENCE).withUnrolledRecurrence();
        byte[] model = assertAgrees(unrolled, block, SEQUENCE, TOLERANCE);
        // The weights of hidden states are also rows where there is no state yet.
        assertThat(bytesOfTensors(model)).isLessThan(bytesOfParameters(block) * 11 / 10);
    }

    @Test
    void parametersThatHappenToBeEqualKeepTheirNames() {
        Block first = dense(16);
        Block second = dense(16);
        Block block = initialized(seq(first, second), SEQUENCE);
        for (String name : List.of("weight", "bias")) {
            float[] numbers = first.getParameters().get(name).getArray().toFloatArray();
            second.getParameters().get(name).getArray().set(numbers);
        }
        assertThat(graph(OnnxExport.of(block, SEQUENCE).bytes()).getInitializerList())
                .extracting(TensorProto::getName)
                .contains("01Linear.bias", "02Linear.bias");
    }

    @Test
    void anArrayThatIsTakenInManyPlacesIsHeldOnce() throws Exception {
        float[] scale = Agreement.images(80, 1);
        Block scaled = lambda(x -> x.mul(manager.create(scale, SEQUENCE)));
        byte[] model = assertAgrees(new SequentialBlock().addAll(Collections.nCopies(6, scaled)), SEQUENCE, TOLERANCE);
        assertThat(bytesOfTensors(model)).isEqualTo(80 * Float.BYTES);
    }

    @Test
    void aFileIsWrittenInTheOrderThatProtobufWrites(@TempDir Path folder) throws Exception {
        Block block = initialized(GRU.builder().setStateSize(8).setNumLayers(1).build(), SEQUENCE);
        OnnxExport export = OnnxExport.of(block, SEQUENCE);
        export.write(folder.resolve("model.onnx"));
        byte[] written = Files.readAllBytes(folder.resolve("model.onnx"));
        assertThat(written).isEqualTo(export.bytes());
        assertThat(written).isEqualTo(ModelProto.parseFrom(written).toByteArray());
    }

    private List<NodeProto> nodes(Block block, Shape sample) {
        initialized(block, sample);
        return graph(OnnxExport.of(block, sample).bytes()).getNodeList();
    }

    @Test
    void nodesCarryThePathOfTheirBlockAndTheLineOfForward() {
        Block block = seq(dense(16), sum(dense(4), dense(4)), lambda(x -> x.square()));
        List<NodeProto> nodes = nodes(block, new Shape(16));
        assertThat(nodes)
                .extracting(NodeProto::getName)
                .containsExactly(
                        "/01Linear/Gemm",
                        "/02ParallelBlock/01Linear/Gemm",
                        "/02ParallelBlock/02Linear/Gemm",
                        "/02ParallelBlock/Add",
                        "/03LambdaBlock/Mul");
        assertThat(nodes.get(4).getDocString())
                .matches("SequentialBlock/03LambdaBlock, called at LeanFileTest.java:\\d+");
    }

    @Test
    void blocksOfOneClassAreToldApartByTheirParameters() {
        Block block = seq(sum(seq(conv(2), conv(2)), conv(2)), sum(seq(conv(2), conv(2)), conv(2)));
        assertThat(nodes(block, new Shape(1, 6, 6)))
                .extracting(NodeProto::getName)
                .containsExactly(
                        "/01ParallelBlock/01SequentialBlock/01Conv2d/Conv",
                        "/01ParallelBlock/01SequentialBlock/02Conv2d/Conv",
                        "/01ParallelBlock/02Conv2d/Conv",
                        "/ParallelBlock/Add",
                        "/02ParallelBlock/01SequentialBlock/01Conv2d/Conv",
                        "/02ParallelBlock/01SequentialBlock/02Conv2d/Conv",
                        "/02ParallelBlock/02Conv2d/Conv",
                        "/ParallelBlock/Add_2");
    }

    /** Only a build knows its version; classes that run without a build have none. */
    @Test
    void theFileNamesTheVersionThatMadeIt() throws Exception {
        assumeThat(Model.class.getResource("producer.properties")).isNotNull();
        Matcher version = Pattern.compile("<version>(.*?)</version>").matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        byte[] model = OnnxExport.of(lambda(x -> x.neg()), new Shape(2)).bytes();
        assertThat(ModelProto.parseFrom(model).getProducerName()).isEqualTo("catwalk-onnx");
        assertThat(ModelProto.parseFrom(model).getProducerVersion()).isEqualTo(version.group(1));
    }
}
