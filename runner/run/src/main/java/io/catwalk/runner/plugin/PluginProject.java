package io.catwalk.runner.plugin;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.PackedFiles;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;

/**
 * Writes the Maven project of a new plugin: a build file, an initial classifier, its contract test and a README.
 *
 * @param name of the classifier, of the plugin and of its folder
 */
public record PluginProject(String name, String description, Language language) {

    private static final String KOTLIN = "2.2.20";
    private static final String GROUP = "com.example";
    private static final String VERSION = "1.0.0";

    /** Names that the classifier cannot have because its code uses classes of these names. */
    private static final Set<String> TAKEN = Set.of(
            "Block", "Classifier", "Hyperparameters", "Recipe", "SearchSpace", "Tags", "Task", "Extension", "Layers");

    /** Words of Kotlin that cannot be part of a package name, in addition to those of Java. */
    private static final Set<String> KOTLIN_WORDS =
            Set.of("as", "fun", "in", "is", "object", "typealias", "typeof", "val", "var", "when");

    /** What needs no quotes in XML, Maven or a properties file. */
    private static final Pattern DESCRIPTION = Pattern.compile("[^\\p{C}<>&\"\\\\$@]{1,200}");

    public enum Language {
        /** Java; builds a jar. */
        JAVA,
        /** Kotlin; builds a zip that contains Kotlin's library. */
        KOTLIN
    }

    public PluginProject {
        if (!LoadedPlugin.isName(name)) {
            throw new RequestException("expected a name of lower-case letters, digits and single dashes, at most 64 of"
                    + " them, but found " + Reasons.quoted(name) + ": try tiny-net");
        }
        if (description.isBlank() || !DESCRIPTION.matcher(description).matches()) {
            throw new RequestException("expected a description in one line, of at most 200 letters other than"
                    + " < > & \" \\ $ @, but found " + Reasons.quoted(description));
        }
    }

    /** Returns the description of a plugin of which nobody has said more. */
    public static String plainDescription(String name) {
        return name + ", an image classifier";
    }

    /** Tells whether a plugin can be read, and still has the description that its project was made with. */
    public static boolean hasPlainDescription(Path jar) {
        try {
            PluginJar plugin = PluginJar.read(jar);
            return plugin.description().equals(plainDescription(plugin.id()));
        } catch (PluginException e) {
            return false;
        }
    }

    /**
     * Writes the project, or nothing.
     *
     * @param folder of the project; does not exist yet, or is empty
     * @return paths of its files, relative to the folder
     */
    public List<String> write(Path folder, Path repository) {
        if (!Files.isDirectory(repository)) {
            throw new RequestException("expected the artifacts that a plugin is built with in " + repository
                    + ", but there is no such folder: run catwalk from where it is installed");
        }
        requireEmpty(folder);
        Map<String, String> files = files(address(repository));
        try {
            AtomicFiles.writeFolder(folder, draft -> fill(draft, files));
        } catch (IOException | UncheckedIOException e) {
            throw new RequestException("cannot write the project " + folder + ": " + Reasons.of(e), e);
        }
        return List.copyOf(files.keySet());
    }

    /** Returns the address of a folder, without what XML or Maven would read as their own. */
    private static String address(Path folder) {
        return folder.toAbsolutePath()
                .normalize()
                .toUri()
                .toString()
                .replace("&", "%26")
                .replace("'", "%27")
                .replace("$", "%24");
    }

    private static void fill(Path draft, Map<String, String> files) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = draft.resolve(file.getKey());
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.writeString(path, file.getValue());
            if (file.getKey().equals("mvnw") && !path.toFile().setExecutable(true)) {
                throw new FileSystemException(path.toString(), null, "cannot be made executable");
            }
        }
    }

    /** Returns the file that the build produces and that is to be installed, relative to the folder of the project. */
    public String artifact() {
        return "target/" + name + "-" + VERSION + (language == Language.KOTLIN ? ".zip" : ".jar");
    }

    /** Returns the command that builds and tests it. */
    public String command() {
        return (File.separatorChar == '\\' ? ".\\mvnw" : "./mvnw") + " verify";
    }

    private static void requireEmpty(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        boolean empty;
        try (Stream<Path> inside = Files.list(folder)) {
            empty = inside.findAny().isEmpty();
        } catch (IOException e) {
            throw new RequestException("expected a new folder " + folder + ", but "
                    + (Files.isDirectory(folder) ? "it cannot be read: " + Reasons.of(e) : "there is a file")
                    + ": choose another name, or another place");
        }
        if (!empty) {
            throw new RequestException("expected a new or empty folder " + folder
                    + ", but there is something in it: choose another name, or another place");
        }
    }

    private Map<String, String> files(String repository) {
        String className = className();
        String packageName = GROUP + "." + packageName();
        boolean kotlin = language == Language.KOTLIN;
        String folder = kotlin ? "kotlin" : "java";
        String extension = kotlin ? ".kt" : ".java";
        String path = packageName.replace('.', '/') + "/" + className;
        String source = "src/main/" + folder + "/" + path + extension;
        Map<String, String> values = Map.ofEntries(
                Map.entry("name", name),
                Map.entry("group", GROUP),
                Map.entry("version", VERSION),
                Map.entry("class", className),
                Map.entry("package", packageName),
                Map.entry("description", description),
                Map.entry("provider", "Example"),
                Map.entry("repository", repository),
                Map.entry("catwalk", ApiVersion.CATWALK),
                Map.entry("kotlin", KOTLIN),
                Map.entry("source", source),
                Map.entry("build", command()),
                Map.entry("artifact", artifact()));
        Map<String, String> templates = new LinkedHashMap<>();
        templates.put("pom.xml", kotlin ? "pom-kotlin.xml" : "pom.xml");
        templates.put("mvnw", "mvnw");
        templates.put("mvnw.cmd", "mvnw.cmd");
        templates.put(".mvn/wrapper/maven-wrapper.properties", "maven-wrapper.properties");
        templates.put(source, "Classifier" + extension);
        templates.put("src/test/" + folder + "/" + path + "Test" + extension, "ClassifierTest" + extension);
        if (kotlin) {
            templates.put("src/main/resources/META-INF/extensions.idx", "extensions.idx");
            templates.put("src/assembly/plugin.xml", "plugin.xml");
        }
        templates.put(".gitignore", "gitignore");
        templates.put("README.md", "README.md");
        Map<String, String> files = new LinkedHashMap<>();
        templates.forEach((file, template) -> {
            String text = PackedFiles.text(PluginProject.class, "project/" + template);
            for (Map.Entry<String, String> value : values.entrySet()) {
                text = text.replace("@" + value.getKey() + "@", value.getValue());
            }
            // The Windows command processor needs its own line ends.
            files.put(file, file.endsWith(".cmd") ? text.replace("\n", "\r\n") : text);
        });
        return files;
    }

    /** Returns the class name, such as TinyNet for tiny-net. */
    private String className() {
        String joined = Arrays.stream(name.split("-", -1))
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining());
        if (Character.isDigit(joined.charAt(0))) {
            return "Net" + joined;
        }
        return TAKEN.contains(joined) || isOfJava(joined) ? joined + "Net" : joined;
    }

    private static boolean isOfJava(String className) {
        try {
            Class.forName("java.lang." + className, false, null);
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private String packageName() {
        String joined = name.replace("-", "");
        return Character.isDigit(joined.charAt(0))
                ? "net" + joined
                : SourceVersion.isKeyword(joined) || KOTLIN_WORDS.contains(joined) ? joined + "net" : joined;
    }
}
