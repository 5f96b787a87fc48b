package io.catwalk.onnx.zoo;

import ai.djl.basicmodelzoo.basic.Mlp;
import ai.djl.basicmodelzoo.cv.classification.AlexNet;
import ai.djl.basicmodelzoo.cv.classification.GoogLeNet;
import ai.djl.basicmodelzoo.cv.classification.LeNet;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV1;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV2;
import ai.djl.basicmodelzoo.cv.classification.NiN;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.basicmodelzoo.cv.classification.SqueezeNet;
import ai.djl.basicmodelzoo.cv.classification.VGG;
import ai.djl.basicmodelzoo.cv.object_detection.ssd.SingleShotDetection;
import ai.djl.basicmodelzoo.cv.object_detection.yolo.YOLOV3;
import ai.djl.basicmodelzoo.nlp.SimpleTextDecoder;
import ai.djl.basicmodelzoo.nlp.SimpleTextEncoder;
import ai.djl.basicmodelzoo.tabular.TabNet;
import ai.djl.modality.nlp.EncoderDecoder;
import ai.djl.modality.nlp.embedding.TrainableTextEmbedding;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.recurrent.LSTM;
import java.util.ArrayList;
import java.util.List;

/** The networks of DJL's own model zoo, at sizes that take little time. */
final class DjlZoo extends Family {
    DjlZoo() {
        super("djl zoo");
        add("Mlp", () -> new Mlp(784, 10, new int[] {128, 64}), floats(1, 28, 28));
        add("Mlp tanh", () -> new Mlp(20, 3, new int[] {16}, Activation::tanh), floats(20));
        add("LeNet", () -> LeNet.builder().build(), floats(1, 28, 28));
        add("AlexNet", () -> AlexNet.builder().build(), floats(1, 96, 96));
        add("VGG", () -> VGG.builder().build(), floats(1, 32, 32));
        add("NiN", () -> NiN.builder().build(), floats(1, 96, 96));
        add("GoogLeNet", () -> GoogLeNet.builder().build(), floats(1, 96, 96));
        add("SqueezeNet", () -> SqueezeNet.squeezenet(10), floats(3, 64, 64));
        add("ResNetV1 18", () -> resNet(18, 32), floats(3, 32, 32));
        add("ResNetV1 50", () -> resNet(50, 64), floats(3, 64, 64));
        add("MobileNetV1", () -> MobileNetV1.builder().setOutSize(10).build(), floats(3, 32, 32));
        add("MobileNetV2", () -> MobileNetV2.builder().setOutSize(10).build(), floats(3, 64, 64));
        add("YOLOV3", () -> YOLOV3.builder().setNumClasses(4).build(), floats(3, 64, 64));
        add("DarkNet", () -> YOLOV3.builder().setNumClasses(4).buildDarkNet(), floats(3, 64, 64));
        add("SSD", () -> ssd(true), floats(3, 64, 64));
        add("SSD without pool", () -> ssd(false), floats(3, 64, 64));
        add("TabNet", () -> tabNet(), floats(16));
        add("text encoder", () -> new SimpleTextEncoder(text(30), lstm(8, true)), ids(30, 6));
        add("text decoder", () -> new SimpleTextDecoder(text(30), lstm(8, false), 30), ids(30, 1));
        add(
                "encoder decoder",
                () -> new EncoderDecoder(
                        new SimpleTextEncoder(text(30), lstm(8, true)),
                        new SimpleTextDecoder(text(20), lstm(8, false), 20)),
                ids(30, 6),
                ids(20, 5));
    }

    private static Block resNet(int layers, int size) {
        return ResNetV1.builder()
                .setNumLayers(layers)
                .setOutSize(10)
                .setImageShape(new Shape(3, size, size))
                .build();
    }

    private static Block ssd(boolean pool) {
        var body = seq();
        for (int filters : new int[] {8, 16, 24}) {
            body.add(conv(filters, 3)).add(bn()).add(relu()).add(maxPool(2));
        }
        List<List<Float>> sizes = new ArrayList<>();
        List<List<Float>> ratios = new ArrayList<>();
        for (int i = 0; i < (pool ? 5 : 4); i++) {
            sizes.add(List.of(0.2f + 0.17f * i, 0.272f + 0.17f * i));
            ratios.add(List.of(1f, 2f, 0.5f));
        }
        return SingleShotDetection.builder()
                .setNumClasses(2)
                .setNumFeatures(3)
                .optGlobalPool(pool)
                .setSizes(sizes)
                .setRatios(ratios)
                .setBaseNetwork(body)
                .build();
    }

    private static Block tabNet() {
        return TabNet.builder()
                .setInputDim(16)
                .setOutDim(4)
                .optNumA(8)
                .optNumD(8)
                .build();
    }

    private static TrainableTextEmbedding text(int count) {
        return new TrainableTextEmbedding((TrainableWordEmbedding) Layers.words(count, 8));
    }

    private static LSTM lstm(int states, boolean returnState) {
        return Layers.lstm(states, 1).optReturnState(returnState).build();
    }
}
