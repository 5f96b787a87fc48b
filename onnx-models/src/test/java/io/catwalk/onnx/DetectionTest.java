package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.basicmodelzoo.cv.object_detection.ssd.SingleShotDetection;
import ai.djl.basicmodelzoo.cv.object_detection.yolo.YOLOV3;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.pooling.Pool;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Networks that detect objects, and that label pixels: with anchors, and with images that shrink and grow. */
class DetectionTest {

    private static final int[] OPSETS = {13, 17, 21};

    @Test
    @Tag("tiny")
    void singleShotDetectionAnswersAlike() throws Exception {
        List<Float> ratios = List.of(1f, 2f, 0.5f);
        SequentialBlock base = new SequentialBlock();
        base.add(SingleShotDetection.getDownSamplingBlock(4));
        Block ssd = SingleShotDetection.builder()
                .setBaseNetwork(base)
                .setNumClasses(2)
                .setNumFeatures(2)
                .optGlobalPool(true)
                .setSizes(List.of(
                        List.of(0.2f, 0.272f), List.of(0.37f, 0.447f), List.of(0.54f, 0.619f), List.of(0.7f, 0.8f)))
                .setRatios(List.of(ratios, ratios, ratios, ratios))
                .build();
        assertAnswersAlike(ssd, new Shape(3, 32, 32), OPSETS);
    }

    @Test
    void yoloAnswersAlike() throws Exception {
        assertAnswersAlike(YOLOV3.builder().setNumClasses(3).build(), new Shape(3, 32, 32), 17);
    }

    /** A small network in the form of Ronneberger et al., U-Net (2015). */
    @Test
    @Tag("tiny")
    void uNetAnswersAlikeInEachMode() throws Exception {
        for (int mode = 0; mode < 4; mode++) {
            int chosen = mode;
            Block deep = new SequentialBlock()
                    .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                    .add(convolution(6))
                    .add(LambdaBlock.singleton(
                            x -> x.getNDArrayInternal().interpolation(new long[] {10, 13}, chosen, true)));
            Block levels = new ParallelBlock(lists ->
                            new NDList(lists.get(0).head().concat(lists.get(1).head(), 1)))
                    .add(LambdaBlock.singleton(x -> x))
                    .add(deep);
            Block net = new SequentialBlock().add(convolution(4)).add(levels).add(convolution(2));
            assertAnswersAlike(net, new Shape(1, 10, 13), OPSETS);
        }
    }

    private static Block convolution(int filters) {
        return new SequentialBlock()
                .add(Conv2d.builder()
                        .setFilters(filters)
                        .setKernelShape(new Shape(3, 3))
                        .optPadding(new Shape(1, 1))
                        .build())
                .add(Activation::relu);
    }

    private static void assertAnswersAlike(Block block, Shape image, int... opsets) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, DataType.FLOAT32, new Shape(2).addAll(image));
            for (int opset : opsets) {
                byte[] model = OnnxExport.of(block, image).withOpset(opset).bytes();
                assertThat(Agreement.scaledDifference(block, image, model, 1, 3))
                        .as("opset " + opset)
                        .isLessThan(1e-5);
            }
        }
    }
}
