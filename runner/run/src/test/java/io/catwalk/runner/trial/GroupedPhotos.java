package io.catwalk.runner.trial;

import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Writes images that belong to groups. */
public final class GroupedPhotos {

    private GroupedPhotos() {}

    /**
     * The images of 20 patients, six of each, in two classes of ten patients. Two images have the same pixels, three
     * such pairs are of one patient, and every tenth image has no group.
     */
    public static ImageDataset in(Path folder, boolean withTestSet) throws IOException {
        StringBuilder table = new StringBuilder("path,label,group" + (withTestSet ? ",split\n" : "\n"));
        for (int i = 0; i < 120; i++) {
            int patient = i / 6;
            BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
            image.getRaster().setSample(0, 0, 0, i / 2);
            ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
            table.append("%d.png,%s,%s".formatted(i, patient < 10 ? "a" : "b", i % 10 == 0 ? "" : "p" + patient));
            table.append(!withTestSet ? "\n" : patient % 5 == 0 ? ",test\n" : ",train\n");
        }
        Path labels = Files.writeString(folder.resolve("labels.csv"), table);
        return new DatasetSpec(folder.toString(), null, labels.toString(), null, null, 0, 0, null, null)
                .load(DataHome.of(folder));
    }

    /** Returns whose images these are. */
    public static Set<Integer> patients(ImageSource images) {
        return IntStream.range(0, images.size())
                .mapToObj(i -> Byte.toUnsignedInt(images.read(i, i + 1)[0]) / 3)
                .collect(Collectors.toSet());
    }
}
