package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.onnx.proto.OnnxMl.ModelProto;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ComparedNetworksTest {

    /** Nodes of {@code torch.onnx.export} of PyTorch 2.6 for the same networks, without its Constants. */
    @ParameterizedTest
    @CsvSource({"RESNET18, 49", "MOBILENET_V2, 100", "VIT_TINY, 778", "LSTM_2, 17"})
    void noFileHasMoreNodesThanThatOfPyTorch(ComparedNetworks network, int most) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            byte[] model = export(network, network.initialized(manager)).bytes();
            assertThat(ModelProto.parseFrom(model).getGraph().getNodeCount()).isLessThanOrEqualTo(most);
        }
    }

    /** Writes what {@code benchmarks/export.py} compares. */
    @EnabledIfSystemProperty(named = "catwalk.compared", matches = ".+")
    @ParameterizedTest
    @EnumSource
    void write(ComparedNetworks network) throws IOException {
        Path folder = Path.of(System.getProperty("catwalk.compared"));
        String name = network.name().toLowerCase(Locale.ROOT);
        try (NDManager manager = NDManager.newBaseManager();
                OutputStream weights = Files.newOutputStream(folder.resolve(name + ".weights"))) {
            Block block = network.initialized(manager);
            Random random = new Random(1);
            for (var pair : block.getParameters()) {
                weights.write(draw(pair.getValue(), random));
            }
            export(network, block).write(folder.resolve(name + ".onnx"));
        }
    }

    /** PyTorch folds batch norms by default. */
    private static OnnxExport export(ComparedNetworks network, Block block) {
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
}
