package io.catwalk.runner.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Writes a data set that any network learns in seconds: ten classes of 8x8, each bright in another place. */
public final class TinyImages {

    /** Number of training images. */
    public static final int TRAIN = 120;

    /** Number of test images. */
    public static final int TEST = 40;

    private static final int CLASSES = 10;
    private static final int SIDE = 8;

    private TinyImages() {}

    /** Makes the folder with its four IDX files. */
    public static Path write(Path folder) throws IOException {
        return write(folder, TRAIN);
    }

    /** Makes the folder with this number of training images. */
    public static Path write(Path folder, int train) throws IOException {
        Files.createDirectories(folder);
        part(folder, "train", train);
        part(folder, "t10k", TEST);
        return folder;
    }

    private static void part(Path folder, String name, int count) throws IOException {
        SplittableRandom random = new SplittableRandom(count);
        ByteBuffer images = ByteBuffer.allocate(16 + count * SIDE * SIDE);
        images.putInt(0x0803).putInt(count).putInt(SIDE).putInt(SIDE);
        ByteBuffer labels = ByteBuffer.allocate(8 + count);
        labels.putInt(0x0801).putInt(count);
        for (int i = 0; i < count; i++) {
            int label = i % CLASSES;
            labels.put((byte) label);
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                images.put((byte) (pixel / 6 == label ? 255 : random.nextInt(60)));
            }
        }
        Files.write(folder.resolve(name + "-images-idx3-ubyte"), images.array());
        Files.write(folder.resolve(name + "-labels-idx1-ubyte"), labels.array());
    }
}
