package io.catwalk.testkit.contract;

import io.catwalk.api.Classifier;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/**
 * Loads the classes of a plugin as the program promises: provided classes come from the program, all others from Java
 * or from the plugin itself, with the libraries in its zip. Other classes on the class path are not visible.
 */
public final class PluginClasses implements AutoCloseable {

    private final URLClassLoader loader;

    private PluginClasses(URLClassLoader loader) {
        this.loader = loader;
    }

    /**
     * Opens a plugin.
     *
     * @param plugin a jar, PF4J's zip, or a folder of classes
     * @return its classes; closing them closes the file
     * @throws IOException if the path cannot be read
     */
    public static PluginClasses open(Path plugin) throws IOException {
        return new PluginClasses(new URLClassLoader(PluginFile.classPath(plugin).toArray(URL[]::new), new Provided()));
    }

    /**
     * Creates a classifier.
     *
     * @param className name of its class
     * @throws BrokenPromise if the class is missing, does not link, or cannot be instantiated; the message is one line
     */
    public Classifier make(String className) {
        Object made;
        try {
            made = loader.loadClass(className).getConstructor().newInstance();
        } catch (InvocationTargetException e) {
            throw new BrokenPromise("the constructor of " + className + " threw " + Lines.of(e.getCause()));
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new BrokenPromise("expected a public class " + className
                    + " with a public constructor without parameters, but found " + Lines.of(e));
        }
        if (made instanceof Classifier classifier) {
            return classifier;
        }
        throw new BrokenPromise(
                "expected " + className + " to implement " + Classifier.class.getName() + ", but it does not");
    }

    /** Loads a class and its supertypes, without running any of its code. */
    Class<?> load(String className) throws ClassNotFoundException {
        return Class.forName(className, false, loader);
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }

    /** Class loader for those classes of the program that a plugin sees. */
    private static final class Provided extends ClassLoader {

        Provided() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (!ProvidedClasses.contains(name)) {
                throw new ClassNotFoundException(name);
            }
            return Class.forName(name, false, Classifier.class.getClassLoader());
        }
    }
}
