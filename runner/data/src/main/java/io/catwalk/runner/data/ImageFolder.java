package io.catwalk.runner.data;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.CachedImages.CacheWriter;
import io.catwalk.runner.data.FolderLayout.ImageFile;
import io.catwalk.runner.data.FolderLayout.Part;
import io.catwalk.runner.data.ImageCache.ImageListing;
import io.catwalk.runner.data.ImageDecoder.UnreadableImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Loads the images of a folder, whatever its {@link FolderLayout} is. They are decoded in the order of their names, so
 * that other labels of the same images decode nothing again.
 */
final class ImageFolder implements ImageListing {

    /** Larger images are hardly meant for training without resizing. */
    private static final int LARGEST_OFFER = 512;

    private static final String USUAL_OFFER = "224x224";

    /** Takes the place of the digest of a file that cannot be read. */
    private static final String UNREADABLE = "cannot be read";

    private static final int MOST_NAMED = 20;

    /** How many images a note names, which stands above a table. */
    private static final int MOST_NOTED = 3;

    private final Path folder;
    private final FolderLayout layout;
    private final @Nullable ResizeRule rule;
    private final FolderReading reading;

    /** The files of the layout by name. */
    private final List<ImageFile> files;

    /** The digest of each file of the layout, once they were read. */
    private @Nullable List<String> contents;

    private ImageFolder(Path folder, FolderLayout layout, @Nullable ResizeRule rule, FolderReading reading) {
        this.folder = folder;
        this.layout = layout;
        this.rule = rule;
        this.reading = reading;
        files = layout.files().stream()
                .sorted(Comparator.comparing(ImageFile::name))
                .toList();
    }

    static ImageDataset load(Path folder, @Nullable ResizeRule rule, FolderReading reading, ImageCache cache) {
        FolderLayout layout = FolderLayout.of(folder, reading);
        if (layout.has(Part.TEST) && reading.testShare() != null) {
            throw new RequestException(
                    "Data set in %s: expected no --test-share, because it has a test set; leave it out"
                            .formatted(folder));
        }
        return new ImageFolder(folder, layout, rule, reading).load(cache);
    }

    /** Decodes the images, unless they are cached already, and says which cannot be read. */
    static SortedMap<String, String> unreadable(
            Path folder, @Nullable ResizeRule rule, FolderReading reading, ImageCache cache) {
        FolderLayout layout = FolderLayout.of(folder, reading);
        FolderReading all = new FolderReading(reading.labels(), reading.testShare(), 1.0, reading.followLinks());
        ImageFolder listing = new ImageFolder(folder, layout, rule, all);
        SortedMap<String, String> reasons = new TreeMap<>();
        listing.unreadable(cache.open(listing))
                .forEach((i, e) -> reasons.put(listing.files.get(i).name(), e.reason()));
        return reasons;
    }

    /** Decodes the images again that were left out of the cache, for the reasons. */
    private SortedMap<Integer, UnreadableImageException> unreadable(CachedImages images) {
        SortedMap<Integer, UnreadableImageException> unreadable = new TreeMap<>();
        for (int i = 0; i < size(); i++) {
            if (!images.holds(i)) {
                try {
                    DecodedImage unused = ImageDecoder.decode(files.get(i).path());
                } catch (UnreadableImageException e) {
                    unreadable.put(i, e);
                }
            }
        }
        return unreadable;
    }

    private ImageDataset load(ImageCache cache) {
        CachedImages found = cache.open(this);
        CachedImages images = found.arranged(order());
        int[] kept = IntStream.range(0, size()).filter(images::holds).toArray();
        requireFew(size() - kept.length, found);
        int[] learned = those(kept, Part.TRAIN);
        int[] validating = those(kept, Part.VALIDATION);
        requireEveryClass(learned);
        ImageSource train = clustered(
                images,
                IntStream.concat(IntStream.of(learned), IntStream.of(validating))
                        .toArray());
        ImageSource test;
        String sha256 = cache.sha256(this, labeledStamp(), this::labeledStamp, this::labeledSha256);
        if (train.isClustered()) { // its splits are not those of earlier versions, which separated such images
            sha256 = new Sha256().add(sha256).add("clusters").hex();
        }
        List<String> notes = new ArrayList<>(notes(images));
        if (layout.has(Part.TEST)) {
            int[] testing = those(kept, Part.TEST);
            notes.addAll(untested(testing));
            test = source(images, testing);
        } else {
            double share = reading.testShare() == null ? FolderReading.STANDARD_TEST_SHARE : reading.testShare();
            Set<Integer> validated =
                    IntStream.of(train.clusters()).skip(learned.length).boxed().collect(Collectors.toSet());
            ImageSource all = train.select(IntStream.range(0, learned.length).toArray());
            if (IntStream.of(all.clusters()).anyMatch(validated::contains)) {
                // Its test images are not those of earlier versions, which also drew duplicates of validation images.
                sha256 = new Sha256().add(sha256).add("apart from validation").hex();
            }
            if (share == 1) {
                test = all;
                notes.add("all %d images are test images".formatted(learned.length));
            } else {
                sha256 = heldOut(sha256, share);
                int[] testing = Split.testShare(all, validated, layout.classes(), share);
                test = train.select(testing);
                train = train.select(Split.allBut(testing, train.size()));
                notes.add("%d of %d images are the test set (--test-share %s)"
                        .formatted(testing.length, learned.length, share));
            }
        }
        List<String> names = layout.files().stream().map(ImageFile::name).toList();
        return new ImageDataset(
                name(), sha256, layout.classes(), train.whole(names), test.whole(names), validating.length, notes);
    }

    /** Returns the SHA-256 of a data set of which a share is held out, from that where all are test images. */
    static String heldOut(String all, double share) {
        return new Sha256().add(all).add("test share " + share).hex();
    }

    /** Returns the images of a part; images without a part are training images. */
    private int[] those(int[] kept, Part part) {
        return IntStream.of(kept).filter(i -> layout.files().get(i).isFor(part)).toArray();
    }

    private ImageSource source(CachedImages images, int[] which) {
        return images.source(which, IntStream.of(which).map(layout::label).toArray());
    }

    private ImageSource clustered(CachedImages images, int[] which) {
        ImageSource source = source(images, which);
        List<String> groups =
                IntStream.of(which).mapToObj(i -> layout.files().get(i).group()).toList();
        return source.clustered(Clusters.firsts(source, groups));
    }

    private void requireEveryClass(int[] learned) {
        List<String> without = without(learned);
        if (!without.isEmpty()) {
            throw new RequestException(
                    "Data set in %s: expected images of every class to train on, found none of %s that can be read; add some or remove the class"
                            .formatted(folder, without.get(0)));
        }
    }

    /** Counts and names the classes without a test image, whose recognition is not measured. */
    private List<String> untested(int[] testing) {
        if (testing.length == 0) {
            throw new RequestException(
                    "Data set in %s: expected test images, found none that can be read; add some or remove the folder test"
                            .formatted(folder));
        }
        List<String> without = without(testing);
        return without.isEmpty()
                ? List.of()
                : List.of("%d of %d classes %s no test image: %s"
                        .formatted(
                                without.size(),
                                layout.classes().size(),
                                without.size() == 1 ? "has" : "have",
                                FolderLayout.some(without)));
    }

    private List<String> without(int[] images) {
        BitSet found = new BitSet();
        IntStream.of(images).forEach(i -> found.set(layout.label(i)));
        return IntStream.range(0, layout.classes().size())
                .filter(label -> !found.get(label))
                .mapToObj(layout.classes()::get)
                .toList();
    }

    private List<String> notes(CachedImages images) {
        List<String> notes = new ArrayList<>();
        if (!layout.skipped().isEmpty()) {
            notes.add("skipped " + FoundFiles.described(layout.skipped()));
        }
        List<String> divided = layout.dividedGroups();
        if (!divided.isEmpty()) {
            notes.add("the column split divides %d of the groups: %s; %s: leave it out to keep groups whole"
                    .formatted(divided.size(), FolderLayout.some(divided), ImageDataset.TOO_GOOD));
        }
        int[] omitted = IntStream.range(0, size()).filter(i -> !images.holds(i)).toArray();
        if (omitted.length > 0) {
            notes.add("%d of %d images cannot be read and are left out (--skip-unreadable): %s%s"
                    .formatted(
                            omitted.length,
                            size(),
                            IntStream.of(omitted)
                                    .limit(MOST_NOTED)
                                    .mapToObj(i -> Reasons.visible(
                                            layout.files().get(i).name()))
                                    .collect(Collectors.joining(", ")),
                            omitted.length > MOST_NOTED ? " and others, which catwalk data lists" : ""));
        }
        return notes;
    }

    @Override
    public String name() {
        return DataHome.name(folder);
    }

    @Override
    public int size() {
        return files.size();
    }

    /** Returns for each file of the layout where it is among those by name. */
    private int[] order() {
        Map<String, Integer> places = new HashMap<>();
        for (ImageFile file : files) {
            if (places.put(file.name(), places.size()) != null) { // of bytes that are no text
                throw new RequestException("expected image files with names in UTF-8, but two read the same, "
                        + Reasons.quoted(file.name()) + ": rename one");
            }
        }
        return layout.files().stream()
                .mapToInt(file -> Objects.requireNonNull(places.get(file.name())))
                .toArray();
    }

    @Override
    public String stamp() {
        return states(unlabeled());
    }

    @Override
    public String sha256() {
        Sha256 sha256 = unlabeled();
        int[] order = order();
        String[] digests = new String[order.length];
        for (int i = 0; i < order.length; i++) {
            digests[order[i]] = contents().get(i);
        }
        Stream.of(digests).forEach(sha256::add);
        return sha256.hex();
    }

    private Sha256 unlabeled() {
        Sha256 listed = new Sha256().add("images").add(String.valueOf(rule)).add(size());
        files.forEach(file -> listed.add(file.name()));
        return listed;
    }

    /** Identifies images and labels as {@link #stamp} does. */
    private String labeledStamp() {
        return states(labeled());
    }

    /** Identifies images and labels by their content. */
    private String labeledSha256() {
        Sha256 sha256 = labeled();
        contents().forEach(sha256::add);
        return sha256.hex();
    }

    private Sha256 labeled() {
        Sha256 listed = new Sha256().add(layout.classes().size());
        layout.classes().forEach(listed::add);
        listed.add(String.valueOf(rule)).add(size());
        for (int i = 0; i < size(); i++) {
            ImageFile file = layout.files().get(i);
            listed.add(file.name())
                    .add(layout.label(i))
                    .add(String.valueOf(file.part()))
                    .add(file.group());
        }
        return listed;
    }

    private String states(Sha256 stamp) {
        for (ImageFile file : layout.files()) {
            stamp.addState(file.path());
            if (!Files.isReadable(file.path())) {
                stamp.add(UNREADABLE); // a permission that is granted later changes no time
            }
        }
        return stamp.hex();
    }

    private List<String> contents() {
        if (contents == null) {
            contents = OrderedParallel.map(layout.files(), ImageFolder::content);
        }
        return contents;
    }

    private static String content(ImageFile file) {
        try {
            return Sha256.of(file.path());
        } catch (IOException e) {
            return UNREADABLE; // reported when it is decoded
        }
    }

    @Override
    public void decode(CacheWriter into) {
        AtomicReference<@Nullable String> first = new AtomicReference<>();
        IntFunction<RasterImage> decodeAsTheFirst = i -> {
            RasterImage image = decode(files.get(i));
            String shape = image.width() + "x" + image.height();
            String expected = first.compareAndExchange(null, shape);
            Path file = files.get(i).path();
            if (expected != null && !expected.equals(shape)) {
                throw new UnfitSizeException(
                        "%s: expected %s pixels, as another image has, found %s, although its header says otherwise; save it again"
                                .formatted(file, expected, shape));
            }
            if (Math.max(image.width(), image.height()) > ResizeRule.MAXIMUM) {
                throw new UnfitSizeException(
                        "%s: expected width and height of at most %d pixels, found %s; try --image-size %s"
                                .formatted(file, ResizeRule.MAXIMUM, shape, USUAL_OFFER));
            }
            return image;
        };
        try {
            into.decode(decodeAsTheFirst, this::requireFew);
        } catch (UnfitSizeException e) {
            requireOneSize(e);
            throw new RequestException(String.valueOf(e.getMessage()), e);
        }
    }

    private RasterImage decode(ImageFile file) {
        try {
            return ImageDecoder.decode(file.path()).raster(rule);
        } catch (UnreadableImageException e) {
            throw e.of(file.path());
        }
    }

    /** Reads all headers, to report which sizes there are. */
    private void requireOneSize(UnfitSizeException cause) {
        Map<String, List<ImageFile>> bySize = new TreeMap<>();
        List<String> sizes = OrderedParallel.map(files, ImageFolder::size);
        for (int i = 0; i < sizes.size(); i++) {
            if (!sizes.get(i).isEmpty()) {
                bySize.computeIfAbsent(sizes.get(i), size -> new ArrayList<>()).add(files.get(i));
            }
        }
        if (bySize.size() <= 1) {
            return;
        }
        List<Map.Entry<String, List<ImageFile>>> often = bySize.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> -entry.getValue().size()))
                .toList();
        String found = often.stream()
                .limit(3)
                .map(entry -> "%d of %s (such as %s)"
                        .formatted(
                                entry.getValue().size(),
                                entry.getKey(),
                                entry.getValue().get(0).path()))
                .collect(Collectors.joining(", "));
        throw new RequestException(
                "Images of different sizes: expected one size, found %s%s; try --image-size %s, with --fit crop or pad if they are not to be stretched"
                        .formatted(
                                found,
                                often.size() > 3 ? " and " + (often.size() - 3) + " more sizes" : "",
                                offer(often.get(0).getKey())),
                cause);
    }

    private static String size(ImageFile file) {
        try {
            return ImageDecoder.header(file.path()).size();
        } catch (UnreadableImageException e) {
            return ""; // reported when it is decoded
        }
    }

    private static String offer(String size) {
        String[] sides = size.split("x", -1);
        return Integer.parseInt(sides[0]) <= LARGEST_OFFER && Integer.parseInt(sides[1]) <= LARGEST_OFFER
                ? size
                : USUAL_OFFER;
    }

    /** Throws with the names of the unreadable images, unless they are few enough to be left out. */
    private void requireFew(SortedMap<Integer, RequestException> unreadable) {
        Double most = reading.skipUnreadable();
        if (most != null && unreadable.size() <= most * size()) {
            return;
        }
        if (unreadable.size() == 1) {
            throw unreadable.get(unreadable.firstKey());
        }
        String named = unreadable.values().stream()
                .limit(MOST_NAMED)
                .map(RequestException::getMessage)
                .collect(Collectors.joining(" | "));
        throw new RequestException("%d of %d images cannot be read%s: %s%s; %s"
                .formatted(
                        unreadable.size(),
                        size(),
                        most == null ? "" : ", more than a share of " + most,
                        named,
                        unreadable.size() > MOST_NAMED ? " | and others, which catwalk data " + folder + " lists" : "",
                        most == null
                                ? "replace or remove them, or leave them out with --skip-unreadable"
                                : "replace or remove them"));
    }

    /** Checks a cache that was made with another setting against the setting of this reading. */
    private void requireFew(int omitted, CachedImages images) {
        if (omitted == 0 || (reading.skipUnreadable() != null && omitted <= reading.skipUnreadable() * size())) {
            return;
        }
        SortedMap<Integer, RequestException> unreadable = new TreeMap<>();
        unreadable(images).forEach((i, e) -> unreadable.put(i, e.of(files.get(i).path())));
        if (unreadable.isEmpty()) {
            throw new RequestException(
                    ("Data set in %s: expected all decoded images in the cache, found %d of %d; decode them again after"
                                    + " catwalk data --clear")
                            .formatted(folder, size() - omitted, size()));
        }
        requireFew(unreadable);
    }
}
