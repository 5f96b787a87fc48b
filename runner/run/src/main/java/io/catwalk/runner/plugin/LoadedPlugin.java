package io.catwalk.runner.plugin;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.catwalk.api.BatchAugmentation;
import io.catwalk.api.BatchLoss;
import io.catwalk.api.Classifier;
import io.catwalk.api.Hyperparameters;
import io.catwalk.api.Task;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.Sha256;
import io.catwalk.testkit.contract.PluginFile;
import io.catwalk.testkit.contract.ProvidedClasses;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pf4j.DefaultPluginDescriptor;
import org.pf4j.Plugin;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the classifiers of one jar, instantiated in this process. From here on the code of the jar runs; to find out
 * only which classifiers exist, use a {@link PluginCatalog}.
 */
public final class LoadedPlugin implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LoadedPlugin.class);

    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    /** The name is part of folder names. */
    private static final int LONGEST_NAME = 64;

    private final PluginJar jar;
    private final PluginClassLoader loader;
    private final List<LoadedClassifier> classifiers = new ArrayList<>();

    /**
     * Loads classes as PF4J does, but shared ones come from the program, and a zip is read in place instead of being
     * unpacked beside it.
     */
    private LoadedPlugin(PluginJar jar) {
        this.jar = jar;
        PluginDescriptor descriptor = new DefaultPluginDescriptor(
                jar.id(),
                jar.description(),
                Plugin.class.getName(),
                jar.version(),
                jar.requires(),
                jar.provider(),
                null);
        // A manager finds the plugins that this one depends on, which is none.
        loader = new PluginClassLoader(null, descriptor, LoadedPlugin.class.getClassLoader()) {
            @Override
            protected boolean shouldDelegateToParent(String className) {
                return ProvidedClasses.contains(className);
            }
        };
        try {
            PluginFile.classPath(jar.path()).forEach(loader::addURL);
        } catch (IOException e) {
            throw new PluginException("cannot be loaded: " + Reasons.of(e), e);
        }
    }

    /** Loads a jar after checking its digest. */
    public static LoadedPlugin open(Path jar, String sha256) {
        try {
            PluginJar read = PluginJar.read(jar);
            if (!read.sha256().equals(sha256)) {
                throw new RequestException("expected the plugin " + jar.getFileName() + " of sha256 "
                        + Sha256.shortened(sha256) + ", but found " + Sha256.shortened(read.sha256())
                        + ": it has changed since it was asked for, so put the old one back or start again");
            }
            return open(read, step -> {});
        } catch (PluginException e) {
            throw new RequestException("the plugin " + jar.getFileName() + " could not be loaded: " + e.reason(), e);
        }
    }

    /** Loads the jar with a digest from a folder, whatever its name is. */
    public static LoadedPlugin find(Path pluginsDir, String sha256) {
        Path jar = PluginFolder.find(pluginsDir, sha256)
                .orElseThrow(() -> new RequestException("expected a plugin of sha256 " + Sha256.shortened(sha256)
                        + " in "
                        + pluginsDir + ", but found none: the jar has changed since the trial was ordered, so put the"
                        + " old one back or start again"));
        return open(jar, sha256);
    }

    /** Loads a jar; {@code steps} receives each step before it starts, in words that follow 'in'. */
    static LoadedPlugin open(PluginJar jar, Consumer<String> steps) {
        LoadedPlugin plugin = new LoadedPlugin(jar);
        try {
            plugin.load(steps);
            return plugin;
        } catch (RuntimeException | Error e) {
            plugin.close();
            throw e;
        }
    }

    /** Returns the classifiers of the jar, at least one, ordered by class name. */
    public List<LoadedClassifier> classifiers() {
        return List.copyOf(classifiers);
    }

    public LoadedClassifier require(String name) {
        return classifiers.stream()
                .filter(classifier -> classifier.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RequestException("expected the classifier '" + name + "' in "
                        + jar.path().getFileName() + ", but it has "
                        + classifiers.stream().map(LoadedClassifier::name).collect(Collectors.joining(", "))
                        + ": a plugin must give the same name each time"));
    }

    /** Closes the jar: networks that were built before continue to work, but the plugin can load no further class. */
    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException e) {
            LOG.info("{} was not closed", jar.path(), e);
        }
    }

    private void load(Consumer<String> steps) {
        for (String extension : jar.extensions()) {
            steps.accept("the constructor of " + extension);
            Classifier classifier = create(extension, loader);
            steps.accept(extension + ".name()");
            String name = nameOf(classifier);
            if (classifiers.stream().anyMatch(one -> one.name().equals(name))) {
                throw new PluginException("has two classifiers named " + name + ": rename one");
            }
            classifiers.add(new LoadedClassifier(classifier, name, jar));
        }
    }

    /** Instantiates the classifier here instead of through PF4J, which logs a failure and returns fewer extensions. */
    private static Classifier create(String className, ClassLoader loader) {
        try {
            Object made = loader.loadClass(className).getConstructor().newInstance();
            if (made instanceof Classifier classifier) {
                return classifier;
            }
        } catch (UnsupportedClassVersionError e) {
            throw new PluginException(
                    "holds " + className + " compiled for a newer Java than this "
                            + Runtime.version().feature() + ": compile it with --release 17, or run a newer Java",
                    e);
        } catch (InvocationTargetException e) {
            throw new PluginException("the constructor of " + className + " threw " + Reasons.of(e.getCause()), e);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new PluginException(
                    "cannot create a " + className + " (" + Reasons.of(e)
                            + "): expected a public class with a public constructor without parameters",
                    e);
        } catch (Throwable e) { // an exception of a static initializer arrives unwrapped, even a ThreadDeath
            throw new PluginException("a static initializer of " + className + " threw " + Reasons.of(e), e);
        }
        throw new PluginException("its extension " + className + " does not implement " + Classifier.class.getName());
    }

    static boolean isName(@Nullable String name) {
        return name != null
                && name.length() <= LONGEST_NAME
                && NAME.matcher(name).matches();
    }

    private static String nameOf(Classifier classifier) {
        String where = classifier.getClass().getName() + ".name()";
        String name;
        try {
            name = classifier.name();
        } catch (Throwable e) { // anything thrown here comes from the plugin
            throw new PluginException(where + " threw " + Reasons.of(e), e);
        }
        if (!isName(name)) {
            throw new PluginException(where + " must return lower-case letters, digits and single dashes,"
                    + " such as conv-maxpool, at most " + LONGEST_NAME + " of them, but returns " + name);
        }
        return name;
    }

    /**
     * Holds a classifier whose code runs in this process, and its origin. Its methods call the plugin, and throw a
     * {@link PluginException} if it throws or returns null.
     */
    public record LoadedClassifier(Classifier classifier, String name, PluginJar plugin) {

        private static final int BATCH = 2;

        /**
         * Builds the network, not yet initialized. The plugin receives only the shape of the images and the number of
         * classes, so that the network can be built again for other images of the same shape.
         */
        public Block build(Task task, Hyperparameters chosen) {
            Task shape = Task.of(task.channels(), task.height(), task.width(), task.classes());
            return ask("network(...)", () -> classifier.network(shape, chosen));
        }

        /** Returns the loss, for a recipe that uses the classifier's own. */
        public BatchLoss loss(Task task, Hyperparameters chosen) {
            return ask("loss(...)", () -> classifier.loss(task, chosen));
        }

        /** Returns the augmentation of batches, for a recipe that uses the classifier's own. */
        public BatchAugmentation augmentation(Task task, Hyperparameters chosen) {
            return ask("augmentation(...)", () -> classifier.augmentation(task, chosen));
        }

        /** Returns a file in the jar with the initial weights, for a recipe that uses the classifier's own. */
        public URL weights(Task task, Hyperparameters chosen) {
            URL weights = ask("weights(...)", () -> classifier.weights(task, chosen));
            if (!PluginFile.contains(plugin.path(), weights)) {
                throw new PluginException(
                        where() + "expected weights in the jar itself, but weights(...) returned " + weights);
            }
            return weights;
        }

        /**
         * Initializes a network that {@link #build} made for a task, in float32. It has to map images (batch, channels,
         * height, width) to logits (batch, classes). The manager owns the parameters afterwards.
         */
        public void initialize(Block network, NDManager manager, Task task) {
            Shape images = new Shape(BATCH, task.channels(), task.height(), task.width());
            Shape logits = new Shape(BATCH, task.classes());
            Shape[] found = ask("the network for " + task, () -> {
                network.initialize(manager, DataType.FLOAT32, images);
                return network.getOutputShapes(new Shape[] {images});
            });
            if (!Arrays.equals(found, new Shape[] {logits})) {
                throw new PluginException(where() + "expected a network from images " + images + " to logits " + logits
                        + ", but its output is " + Arrays.toString(found));
            }
        }

        private <T> T ask(String what, Supplier<@Nullable T> question) {
            T answer;
            try {
                answer = question.get();
            } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
                throw new PluginException(where() + what + " threw " + Reasons.of(e), e);
            }
            if (answer == null) {
                throw new PluginException(where() + what + " returned null");
            }
            return answer;
        }

        private String where() {
            return "classifier '" + name + "' of " + plugin.path().getFileName() + ": ";
        }
    }
}
