package io.catwalk.runner.cli;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.runner.trial.EngineSettings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;

/** Color images of three classes, and a network for them. */
final class ColorImages {

    static final float[] MEAN = {0.1f, 0.5f, 0.9f};
    static final float[] STD = {0.2f, 0.4f, 0.1f};

    private ColorImages() {}

    /** Writes a data set with so many test images, and one training image of each class. */
    static Path write(Path folder, int tests) throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 3 + tests; i++) {
            BufferedImage picture = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
            for (int at = 0; at < 16; at++) {
                picture.setRGB(at % 4, at / 4, random.nextInt(1 << 24));
            }
            Path place = Files.createDirectories(
                    folder.resolve("pictures").resolve(i < 3 ? "train" : "test").resolve("class " + i % 3));
            ImageIO.write(picture, "png", place.resolve(i + ".png").toFile());
        }
        return folder.resolve("pictures");
    }

    /** Each channel has its own mean and deviation, so that a mix-up of channels is detected. */
    static Path model(Path file, UnaryOperator<OnnxExport> change) throws IOException {
        EngineSettings.apply(1);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block block = new SequentialBlock()
                    .add(Blocks.batchFlattenBlock())
                    .add(Linear.builder().setUnits(3).build());
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 4, 4));
            change.apply(OnnxExport.of(block, new Shape(3, 4, 4)))
                    .withMetadata(OnnxMetadata.empty()
                            .withLabels(List.of("class 0", "class 1", "class 2"))
                            .withPreprocessing(new Preprocessing(4, 4, List.of(0.1, 0.5, 0.9), List.of(0.2, 0.4, 0.1)))
                            .with("provenance.dataset", "pictures")
                            .entries())
                    .write(file);
        }
        return file;
    }
}
