package io.catwalk.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.basicmodelzoo.cv.object_detection.ssd.SingleShotDetection;
import ai.djl.basicmodelzoo.cv.object_detection.yolo.YOLOV3;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Networks that detect objects, with anchors. */
class DetectionTest extends ExportTest {

    @Test
    void singleShotDetectionAnswersAlike() throws Exception {
        List<Float> ratios = List.of(1f, 2f, 0.5f);
        List<List<Float>> sizes =
                List.of(List.of(0.2f, 0.272f), List.of(0.37f, 0.447f), List.of(0.54f, 0.619f), List.of(0.7f, 0.8f));
        Block ssd = SingleShotDetection.builder()
                .setBaseNetwork(seq(SingleShotDetection.getDownSamplingBlock(4)))
                .setNumClasses(2)
                .setNumFeatures(2)
                .optGlobalPool(true)
                .setSizes(sizes)
                .setRatios(Collections.nCopies(4, ratios))
                .build();
        assertAnswersAlike(ssd, new Shape(3, 32, 32), OPSETS);
    }

    @Tag("long")
    @Test
    void yoloAnswersAlike() throws Exception {
        assertAnswersAlike(YOLOV3.builder().setNumClasses(3).build(), new Shape(3, 32, 32), 17);
    }

    private void assertAnswersAlike(Block block, Shape image, int... opsets) throws Exception {
        block.initialize(manager, DataType.FLOAT32, new Shape(2).addAll(image));
        for (int opset : opsets) {
            byte[] model = OnnxExport.of(block, image).withOpset(opset).bytes();
            double difference = Agreement.scaledDifference(block, image, model, 1, 3);
            assertThat(difference).as("opset " + opset).isLessThan(TOLERANCE);
        }
    }
}
