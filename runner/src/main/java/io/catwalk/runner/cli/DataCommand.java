package io.catwalk.runner.cli;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.FolderSurvey;
import io.catwalk.runner.data.ImageCache;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageDatasets;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.ShownClasses;
import io.catwalk.runner.supply.Depot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the content of a data set, and what is cached of decoded ones. */
@Command(
        name = "data",
        description = {
            "Show what is in a data set; its images are decoded for that, once for all runs.",
            "Show or delete the decoded images that are kept."
        })
final class DataCommand extends ConsoleCommand {

    @Parameters(paramLabel = "NAME|DIR", arity = "0..1", description = "A data set, as for --dataset.")
    private @Nullable String dataset;

    @Mixin
    private ImageOptions reading;

    @Option(
            names = "--cached",
            description = "List the decoded images that are kept, files that stopped commands left unfinished, and "
                    + "what orders brought.")
    private boolean cached;

    @Option(names = "--clear", description = "Delete all of that. Runs that use it continue.")
    private boolean clear;

    @Option(
            names = "--samples",
            paramLabel = "FILE.png",
            description = "Draw the first training images of each class into a file.")
    private @Nullable Path samples;

    @Option(
            names = "--augmented",
            paramLabel = "FILE.png",
            description = "Draw what each augmentation makes of some training images into a file.")
    private @Nullable Path augmented;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    int run(Console console) throws IOException, InterruptedException {
        if (dataset == null && !cached && !clear && samples == null && augmented == null) {
            throw new RequestException("expected a data set, --cached or --clear, but found none: name one");
        }
        if (samples != null) {
            Typed.writable("--samples", samples);
        }
        if (augmented != null) {
            Typed.writable("--augmented", augmented);
        }
        Map<String, Object> told = new LinkedHashMap<>();
        if (dataset != null) {
            Path folder = Path.of(dataset);
            boolean usable = true;
            if (!ImageDatasets.isKnown(dataset) && FolderSurvey.isFor(folder)) {
                FolderSurvey survey = FolderSurvey.of(folder, reading.folderReading());
                usable = survey.isOfOneSize() || reading.resizes() || (reading.skips() && survey.hasOneSize());
                if (usable) {
                    ImageCache cache = Home.data(console).cache();
                    survey = survey.decoded(folder, reading.rule(), reading.folderReading(), cache);
                }
                new SurveyView(survey, console).print(json, told);
            }
            // If images of several sizes are to be drawn, loading them says what is missing.
            if (usable || samples != null || augmented != null) {
                ImageDataset images = reading.of(dataset, 0, 0).load(Home.data(console));
                show(images, told, console);
                draw(samples, () -> DataSheets.samples(images), console);
                draw(augmented, () -> DataSheets.augmented(images), console);
            }
        } else if (samples != null || augmented != null) {
            throw new RequestException("expected a data set to draw, but there is none: name one");
        }
        ImageCache cache = Home.data(console).cache();
        Depot depot = Depot.standard();
        if (cached) {
            list(cache, told, console);
            listUnfinished(cache, told, console);
            Depot.Content brought = depot.content();
            told.put("brought_by_orders", brought);
            if (brought.things() > 0) {
                line(
                        console,
                        "%,d %s that orders brought, of %,d MB",
                        brought.things(),
                        brought.things() == 1 ? "file" : "files",
                        megabytes(brought.bytes()));
            }
        }
        if (clear) {
            long bytes = cache.clear() + depot.clear().bytes();
            told.put("cleared_bytes", bytes);
            line(console, "%,d MB deleted in %s", megabytes(bytes), cache.folder());
        }
        if (json) {
            console.json(told);
        }
        return ExitCode.DONE;
    }

    private void show(ImageDataset images, Map<String, Object> told, Console console) {
        ImageSource train = images.train();
        List<String> classes = images.classes();
        told.put("name", images.name());
        told.put("sha256", images.sha256());
        told.put("shape", List.of(train.channels(), train.height(), train.width()));
        line(
                console,
                "%s: %,d training and %,d test images of %dx%d pixels, %s",
                images.name(),
                train.size(),
                images.test().size(),
                train.width(),
                train.height(),
                train.channels() == 1 ? "gray" : "colored");
        images.notes().forEach(note -> line(console, "%s", note));
        told.put("notes", images.notes());
        int[] trained = train.countPerClass(classes.size());
        int[] tested = images.test().countPerClass(classes.size());
        List<List<String>> rows = new ArrayList<>(List.of(List.of("class", "training", "test")));
        List<Map<String, Object>> maps = new ArrayList<>();
        for (int c = 0; c < classes.size(); c++) {
            rows.add(List.of(classes.get(c), number(trained[c]), number(tested[c])));
            maps.add(Map.of("name", classes.get(c), "train", trained[c], "test", tested[c]));
        }
        told.put("classes", maps);
        if (classes.size() <= ShownClasses.ALL) {
            table(console, rows);
        } else {
            int[] sizes = IntStream.of(trained).sorted().toArray();
            line(
                    console,
                    "%,d classes of %,d to %,d training images, half of them with at most %,d; --json has each",
                    sizes.length,
                    sizes[0],
                    sizes[sizes.length - 1],
                    sizes[(sizes.length - 1) / 2]);
        }
    }

    private void draw(@Nullable Path file, Supplier<byte[]> sheet, Console console) throws IOException {
        if (file != null) {
            AtomicFiles.write(file, sheet.get());
            line(console, "Drawn into %s", file);
        }
    }

    private void list(ImageCache cache, Map<String, Object> told, Console console) throws IOException {
        List<ImageCache.Entry> entries = cache.entries();
        told.put("folder", cache.folder().toString());
        told.put("cached", entries);
        if (entries.isEmpty()) {
            line(console, "No decoded images in %s", cache.folder());
            return;
        }
        List<List<String>> rows = new ArrayList<>(List.of(List.of("data set", "images", "shape", "MB", "file")));
        for (ImageCache.Entry entry : entries) {
            String file = entry.file().getFileName().toString();
            rows.add(List.of(
                    entry.name(),
                    number(entry.images()),
                    entry.channels() + "x" + entry.height() + "x" + entry.width(),
                    number(megabytes(entry.bytes())),
                    file.substring(0, Math.min(12, file.length()))));
        }
        table(console, rows);
        line(console, "In %s", cache.folder());
    }

    private void listUnfinished(ImageCache cache, Map<String, Object> told, Console console) throws IOException {
        List<ImageCache.Unfinished> files = cache.unfinished();
        told.put("unfinished", files);
        if (!files.isEmpty()) {
            long bytes = files.stream().mapToLong(ImageCache.Unfinished::bytes).sum();
            line(
                    console,
                    "%,d %s that stopped commands left unfinished, of %,d MB; --clear deletes %s",
                    files.size(),
                    files.size() == 1 ? "file" : "files",
                    megabytes(bytes),
                    files.size() == 1 ? "it" : "them");
        }
    }

    private void line(Console console, String format, Object... values) {
        if (!json) {
            console.item("", String.format(Locale.ROOT, format, values));
        }
    }

    private void table(Console console, List<List<String>> rows) {
        if (!json) {
            console.table(rows);
        }
    }

    private static long megabytes(long bytes) {
        return (bytes + 999_999) / 1_000_000;
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
