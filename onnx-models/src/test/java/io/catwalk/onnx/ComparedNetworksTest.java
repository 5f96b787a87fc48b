package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ComparedNetworksTest extends ExportTest {

    @TempDir
    private Path folder;

    /** Nodes of {@code torch.onnx.export} of PyTorch 2.6 for the same networks, without its Constants. */
    @ParameterizedTest
    @CsvSource({"RESNET18, 49", "MOBILENET_V2, 100", "VIT_TINY, 778", "LSTM_2, 17"})
    void noFileHasMoreNodesThanThatOfPyTorch(Network network, int most) {
        byte[] model = export(network, network.initialized(manager)).bytes();
        assertThat(graph(model).getNodeCount()).isLessThanOrEqualTo(most);
    }

    /** Writes what {@code benchmarks/export.py} compares. */
    @EnabledIfSystemProperty(named = "catwalk.compared", matches = ".+")
    @ParameterizedTest
    @EnumSource
    void write(Network network) throws IOException {
        Path folder = Path.of(System.getProperty("catwalk.compared"));
        String name = network.name().toLowerCase(Locale.ROOT);
        try (OutputStream weights = Files.newOutputStream(folder.resolve(name + ".weights"))) {
            Block block = network.initialized(manager);
            Random random = new Random(1);
            for (var pair : block.getParameters()) {
                weights.write(draw(pair.getValue(), random));
            }
            export(network, block).write(folder.resolve(name + ".onnx"));
        }
    }

    /** PyTorch folds batch norms by default. */
    private static OnnxExport export(Network network, Block block) {
        return OnnxExport.of(block, network.sample()).withFoldedBatchNorm();
    }

    /** Draws numbers that keep their size from layer to layer (He et al., 2015). */
    private static byte[] draw(Parameter parameter, Random random) {
        NDArray array = parameter.getArray();
        long[] shape = array.getShape().getShape();
        boolean positive = Agreement.isPositive(parameter);
        double deviation = shape.length < 2 ? 0.1 : Math.sqrt(2.0 * shape[0] / array.size());
        float[] numbers = new float[(int) array.size()];
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = positive ? 0.5f + random.nextFloat() : (float) (random.nextGaussian() * deviation);
            bytes.putFloat(numbers[i]);
        }
        array.setRequiresGradient(false);
        array.set(numbers);
        return bytes.array();
    }

    /**
     * Prints how long large networks take to export, for the first time in this JVM and once more. Time one network in
     * a process, in a heap of 1 GB, on a machine with nothing else to do: {@code mvn -pl onnx-models -am test
     * -Dtest=ComparedNetworksTest#bertBase -Dsurefire.failIfNoSpecifiedTests=false -Dcatwalk.times=true
     * -Dsurefire.jvm=-Xmx1g}.
     */
    @EnabledIfSystemProperty(named = "catwalk.times", matches = "true")
    @Test
    void resNet50() throws IOException {
        Shape image = new Shape(3, 224, 224);
        ResNetV1.Builder builder = ResNetV1.builder().setImageShape(image);
        Block network = builder.setNumLayers(50).setOutSize(1000).build();
        network.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(image));
        print("ResNet-50", OnnxExport.of(network, image), 97L << 20);
    }

    @EnabledIfSystemProperty(named = "catwalk.times", matches = "true")
    @Test
    void bertBase() throws IOException {
        int tokens = 128;
        Shape ids = new Shape(2, tokens);
        BertBlock.Builder builder = BertBlock.builder().base().setTokenDictionarySize(30_522);
        Block network = builder.optMaxSequenceLength(tokens).build();
        network.initialize(manager, DataType.FLOAT32, ids, ids, ids);
        // BertBlock squeezes the axis of a batch of one away.
        Axis batch = Axis.of("batch").atLeast(2);
        OnnxInput[] inputs = Stream.of("ids", "types", "mask")
                .map(name -> OnnxInput.of(name, DataType.INT64, batch, Axis.of(tokens)))
                .toArray(OnnxInput[]::new);
        print("BERT-base", OnnxExport.of(network, inputs), 416L << 20);
    }

    private void print(String name, OnnxExport export, long bytes) throws IOException {
        Path file = folder.resolve("model.onnx");
        for (int i = 0; i < 2; i++) {
            long start = System.nanoTime();
            export.write(file);
            System.out.printf("%s: %.2f s%n", name, (System.nanoTime() - start) / 1e9);
        }
        assertThat(Files.size(file)).isBetween(bytes - (1 << 20), bytes + (2 << 20));
    }

    /**
     * The networks that {@code benchmarks/export.py} exports from PyTorch, too: of the same architecture, with their
     * parameters in the order of PyTorch's state.
     */
    enum Network {
        /** He et al., 2016, as torchvision has it: 11,689,512 parameters. */
        RESNET18 {
            @Override
            Block block() {
                SequentialBlock net = new SequentialBlock();
                normalized(net, 64, 7, 2, 1)
                        .add(Activation.reluBlock())
                        .add(Pool.maxPool2dBlock(new Shape(3, 3), new Shape(2, 2), new Shape(1, 1)));
                int width = 64;
                for (int filters = 64; filters <= 512; filters *= 2) {
                    net.add(residual(width, filters, filters == 64 ? 1 : 2)).add(residual(filters, filters, 1));
                    width = filters;
                }
                return net.add(Pool.globalAvgPool2dBlock()).add(dense(1000));
            }

            private Block residual(int width, int filters, int stride) {
                SequentialBlock main = new SequentialBlock();
                normalized(main, filters, 3, stride, 1).add(Activation.reluBlock());
                normalized(main, filters, 3, 1, 1);
                Block shortcut = width == filters
                        ? Blocks.identityBlock()
                        : normalized(new SequentialBlock(), filters, 1, stride, 1);
                return seq(sum(main, shortcut), Activation.reluBlock());
            }
        },

        /** Sandler et al., 2018, as torchvision has it: 3,504,872 parameters. */
        MOBILENET_V2 {
            @Override
            Block block() {
                SequentialBlock net = new SequentialBlock();
                normalized(net, 32, 3, 2, 1).add(Activation.relu6Block());
                int width = 32;
                // Table 2 of the paper.
                int[] expansions = {1, 6, 6, 6, 6, 6, 6};
                int[] filters = {16, 24, 32, 64, 96, 160, 320};
                int[] repetitions = {1, 2, 3, 4, 3, 3, 1};
                int[] strides = {1, 2, 2, 2, 1, 2, 1};
                for (int stage = 0; stage < filters.length; stage++) {
                    for (int i = 0; i < repetitions[stage]; i++) {
                        net.add(inverted(width, expansions[stage], filters[stage], i == 0 ? strides[stage] : 1));
                        width = filters[stage];
                    }
                }
                normalized(net, 1280, 1, 1, 1).add(Activation.relu6Block());
                return net.add(Pool.globalAvgPool2dBlock()).add(dense(1000));
            }

            private Block inverted(int width, int expansion, int filters, int stride) {
                SequentialBlock main = new SequentialBlock();
                int wide = width * expansion;
                if (expansion > 1) {
                    normalized(main, wide, 1, 1, 1).add(Activation.relu6Block());
                }
                normalized(main, wide, 3, stride, wide).add(Activation.relu6Block());
                normalized(main, filters, 1, 1, 1);
                return stride == 1 && width == filters ? sum(main, Blocks.identityBlock()) : main;
            }
        },

        /** Dosovitskiy et al., 2021, of the size Tiny (192 wide, 12 layers, 3 heads), with the mean of all tokens. */
        VIT_TINY {
            @Override
            Block block() {
                Conv2d.Builder patches = Conv2d.builder().setFilters(192).setKernelShape(new Shape(16, 16));
                Block tokens =
                        lambda(x -> x.reshape(x.getShape().get(0), 192, -1).transpose(0, 2, 1));
                SequentialBlock net = seq(patches.optStride(new Shape(16, 16)).build(), tokens, new Positions());
                for (int layer = 0; layer < 12; layer++) {
                    Block attention = ScaledDotProductAttentionBlock.builder()
                            .setEmbeddingSize(192)
                            .setHeadCount(3)
                            .build();
                    Block perceptron = seq(dense(768), Activation.geluBlock(), dense(192));
                    net.add(sum(seq(norm(), attention), Blocks.identityBlock()));
                    net.add(sum(seq(norm(), perceptron), Blocks.identityBlock()));
                }
                return net.add(norm()).add(lambda(x -> x.mean(new int[] {1}))).add(dense(1000));
            }
        },

        /** Two layers of 128 units over the rows of a small image. */
        LSTM_2 {
            @Override
            Block block() {
                return seq(SmallNetworks.lstm(128, 2).build(), SmallNetworks.last(), dense(10));
            }
        };

        abstract Block block();

        Shape sample() {
            return this == LSTM_2 ? new Shape(28, 28) : new Shape(3, 224, 224);
        }

        Block initialized(NDManager manager) {
            Block block = block();
            block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(sample()));
            return block;
        }

        private static SequentialBlock normalized(SequentialBlock to, int filters, int kernel, int stride, int groups) {
            return to.add(Conv2d.builder()
                            .setFilters(filters)
                            .setKernelShape(new Shape(kernel, kernel))
                            .optStride(new Shape(stride, stride))
                            .optPadding(new Shape(kernel / 2, kernel / 2))
                            .optGroups(groups)
                            .optBias(false)
                            .build())
                    .add(BatchNorm.builder().optEpsilon(1e-5f).build());
        }

        private static Block norm() {
            return LayerNorm.builder().axis(2).optEpsilon(1e-6f).build();
        }

        /** Adds a learned number to each token. */
        private static final class Positions extends OwnBlocks.Own {

            private final Parameter positions = weight("positions", 196, 192);

            @Override
            NDArray apply(NDArray x, Function<Parameter, NDArray> values) {
                return x.add(values.apply(positions));
            }
        }
    }
}
