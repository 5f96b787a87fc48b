package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.onnx.proto.OnnxMl.ModelProto;
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
class LeanFileTest {

    private static final Shape SEQUENCE = new Shape(5, 16);

    /** Numbers beside the weights: axes, shapes, scales. */
    private static final long SMALL_CHANGE = 400;

    private static long bytesOfTensors(byte[] model) throws Exception {
        return ModelProto.parseFrom(model).getGraph().getInitializerList().stream()
                .mapToLong(tensor -> tensor.getRawData().size())
                .sum();
    }

    private static long bytesOfParameters(Block block) {
        return block.getParameters().stream()
                        .map(pair -> pair.getValue())
                        .distinct()
                        .mapToLong(parameter -> parameter.getArray().size())
                        .sum()
                * Float.BYTES;
    }

    private static void assertLean(Block block, double tolerance) throws Exception {
        byte[] model = OnnxExport.of(block, SEQUENCE).bytes();
        assertThat(bytesOfTensors(model)).isBetween(bytesOfParameters(block), bytesOfParameters(block) + SMALL_CHANGE);
        assertThat(Agreement.difference(block, SEQUENCE, model)).isLessThan(tolerance);
    }

    @Test
    void aTransformerBlockThatIsUsedTwelveTimesHoldsItsWeightsOnce() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            TransformerEncoderBlock encoder = new TransformerEncoderBlock(16, 2, 32, 0, ai.djl.nn.Activation::relu);
            Block block = new SequentialBlock().addAll(Collections.nCopies(12, encoder));
            Agreement.initialized(block, manager, SEQUENCE);
            assertLean(block, 1e-3); // rounding errors of the first layer grow in twelve layers
        }
    }

    @Test
    void aRecurrentLayerInEightBranchesHoldsItsWeightsOnce() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block gru = GRU.builder().setStateSize(8).setNumLayers(2).build();
            Block block = new ParallelBlock(
                    answers -> new NDList(ai.djl.ndarray.NDArrays.concat(
                            new NDList(answers.stream().map(NDList::head).toList()), 1)),
                    Collections.nCopies(8, gru));
            Agreement.initialized(block, manager, SEQUENCE);
            assertLean(block, 1e-5);
            OnnxExport unrolled = OnnxExport.of(block, SEQUENCE).withUnrolledRecurrence();
            // The weights of hidden states are also rows where there is no state yet.
            assertThat(bytesOfTensors(unrolled.bytes())).isLessThan(bytesOfParameters(block) * 11 / 10);
            assertThat(Agreement.difference(block, SEQUENCE, unrolled.bytes())).isLessThan(1e-5);
        }
    }

    @Test
    void parametersThatHappenToBeEqualKeepTheirNames() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block first = Linear.builder().setUnits(16).build();
            Block second = Linear.builder().setUnits(16).build();
            Block block = new SequentialBlock().add(first).add(second);
            Agreement.initialized(block, manager, SEQUENCE);
            for (String name : List.of("weight", "bias")) {
                second.getParameters()
                        .get(name)
                        .getArray()
                        .set(first.getParameters().get(name).getArray().toFloatArray());
            }
            byte[] model = OnnxExport.of(block, SEQUENCE).bytes();
            assertThat(ModelProto.parseFrom(model).getGraph().getInitializerList())
                    .extracting(TensorProto::getName)
                    .contains("01Linear.bias", "02Linear.bias");
        }
    }

    @Test
    void anArrayThatIsTakenInManyPlacesIsHeldOnce() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] scale = Agreement.images(80, 1);
            Block scaled = LambdaBlock.singleton(x -> x.mul(manager.create(scale, SEQUENCE)));
            Block block = new SequentialBlock().addAll(Collections.nCopies(6, scaled));
            byte[] model = OnnxExport.of(block, SEQUENCE).bytes();
            assertThat(bytesOfTensors(model)).isEqualTo(80 * Float.BYTES);
            assertThat(Agreement.difference(block, SEQUENCE, model)).isLessThan(1e-5);
        }
    }

    @Test
    void aFileIsWrittenInTheOrderThatProtobufWrites(@TempDir Path folder) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = GRU.builder().setStateSize(8).setNumLayers(1).build();
            Agreement.initialized(block, manager, SEQUENCE);
            OnnxExport export = OnnxExport.of(block, SEQUENCE);
            export.write(folder.resolve("model.onnx"));
            byte[] written = Files.readAllBytes(folder.resolve("model.onnx"));
            assertThat(written).isEqualTo(export.bytes());
            assertThat(written).isEqualTo(ModelProto.parseFrom(written).toByteArray());
        }
    }

    @Test
    void nodesCarryThePathOfTheirBlockAndTheLineOfForward() throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block branches = new ParallelBlock(
                    both -> new NDList(both.get(0).head().add(both.get(1).head())),
                    List.of(
                            Linear.builder().setUnits(4).build(),
                            Linear.builder().setUnits(4).build()));
            Block block = new SequentialBlock()
                    .add(Linear.builder().setUnits(16).build())
                    .add(branches)
                    .add(LambdaBlock.singleton(x -> x.square()));
            Agreement.initialized(block, manager, new Shape(16));
            var nodes = ModelProto.parseFrom(OnnxExport.of(block, new Shape(16)).bytes())
                    .getGraph()
                    .getNodeList();
            assertThat(nodes)
                    .extracting(node -> node.getName())
                    .containsExactly(
                            "/01Linear/Gemm",
                            "/02ParallelBlock/01Linear/Gemm",
                            "/02ParallelBlock/02Linear/Gemm",
                            "/02ParallelBlock/Add",
                            "/03LambdaBlock/Mul");
            assertThat(nodes.get(4).getDocString())
                    .matches("SequentialBlock/03LambdaBlock, called at LeanFileTest.java:\\d+");
        }
    }

    @Test
    void blocksOfOneClassAreToldApartByTheirParameters() throws Exception {
        Shape image = new Shape(1, 6, 6);
        try (NDManager manager = NDManager.newBaseManager()) {
            SequentialBlock block = new SequentialBlock();
            for (int i = 0; i < 2; i++) {
                Block main =
                        new SequentialBlock().add(ClassicNetworksTest.conv(2)).add(ClassicNetworksTest.conv(2));
                block.add(new ParallelBlock(
                        both -> new NDList(both.get(0).head().add(both.get(1).head())),
                        List.of(main, ClassicNetworksTest.conv(2))));
            }
            Agreement.initialized(block, manager, image);
            assertThat(ModelProto.parseFrom(OnnxExport.of(block, image).bytes())
                            .getGraph()
                            .getNodeList())
                    .extracting(node -> node.getName())
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
    }

    /** Only a build knows its version; classes that run without a build have none. */
    @Test
    void theFileNamesTheVersionThatMadeIt() throws Exception {
        assumeThat(Model.class.getResource("producer.properties")).isNotNull();
        Matcher version = Pattern.compile("<version>(.*?)</version>").matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        byte[] model =
                OnnxExport.of(LambdaBlock.singleton(x -> x.neg()), new Shape(2)).bytes();
        assertThat(ModelProto.parseFrom(model).getProducerName()).isEqualTo("catwalk-onnx");
        assertThat(ModelProto.parseFrom(model).getProducerVersion()).isEqualTo(version.group(1));
    }
}
