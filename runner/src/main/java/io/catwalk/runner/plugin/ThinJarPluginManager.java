package io.catwalk.runner.plugin;

import io.catwalk.testkit.contract.PluginFile;
import io.catwalk.testkit.contract.ProvidedClasses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.pf4j.AbstractPluginManager;
import org.pf4j.DefaultExtensionFactory;
import org.pf4j.DefaultExtensionFinder;
import org.pf4j.DefaultPluginDescriptor;
import org.pf4j.DefaultPluginFactory;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ExtensionFactory;
import org.pf4j.ExtensionFinder;
import org.pf4j.JarPluginLoader;
import org.pf4j.JarPluginRepository;
import org.pf4j.Plugin;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginRepository;
import org.pf4j.PluginStatusProvider;
import org.pf4j.VersionManager;

/**
 * Loads a single jar or zip with PF4J, but differs from PF4J's own managers: shared classes come from the application,
 * a zip is read in place instead of being unpacked beside it, and no file in the plugins folder can disable a plugin
 * unnoticed.
 */
final class ThinJarPluginManager extends AbstractPluginManager {

    private final PluginJar jar;

    ThinJarPluginManager(PluginJar jar, String apiVersion) {
        super(jar.path().resolveSibling(""));
        this.jar = jar;
        // Without it PF4J ignores Plugin-Requires.
        setSystemVersion(apiVersion);
    }

    @Override
    protected PluginDescriptorFinder createPluginDescriptorFinder() {
        return new PluginDescriptorFinder() {
            @Override
            public boolean isApplicable(Path path) {
                return path.equals(jar.path());
            }

            @Override
            public PluginDescriptor find(Path path) {
                return new DefaultPluginDescriptor(
                        jar.id(),
                        jar.description(),
                        Plugin.class.getName(),
                        jar.version(),
                        jar.requires(),
                        jar.provider(),
                        null);
            }
        };
    }

    @Override
    protected PluginLoader createPluginLoader() {
        return new JarPluginLoader(this) {
            @Override
            public boolean isApplicable(Path path) {
                return path.equals(jar.path());
            }

            @Override
            public ClassLoader loadPlugin(Path path, PluginDescriptor descriptor) {
                PluginClassLoader loader = createPluginClassLoader(path, descriptor);
                try {
                    PluginFile.classPath(path).forEach(loader::addURL);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return loader;
            }

            @Override
            protected PluginClassLoader createPluginClassLoader(Path path, PluginDescriptor descriptor) {
                return new PluginClassLoader(pluginManager, descriptor, ThinJarPluginManager.class.getClassLoader()) {
                    @Override
                    protected boolean shouldDelegateToParent(String className) {
                        return ProvidedClasses.contains(className);
                    }
                };
            }
        };
    }

    @Override
    protected PluginStatusProvider createPluginStatusProvider() {
        return new PluginStatusProvider() {
            @Override
            public boolean isPluginDisabled(String pluginId) {
                return false;
            }

            @Override
            public void disablePlugin(String pluginId) {
                throw new UnsupportedOperationException("a plugin is switched off by removing its jar");
            }

            @Override
            public void enablePlugin(String pluginId) {
                throw new UnsupportedOperationException("every plugin is switched on");
            }
        };
    }

    @Override
    protected PluginRepository createPluginRepository() {
        return new JarPluginRepository(getPluginsRoots());
    }

    @Override
    protected PluginFactory createPluginFactory() {
        return new DefaultPluginFactory();
    }

    @Override
    protected ExtensionFactory createExtensionFactory() {
        return new DefaultExtensionFactory();
    }

    @Override
    protected ExtensionFinder createExtensionFinder() {
        return new DefaultExtensionFinder(this);
    }

    @Override
    protected VersionManager createVersionManager() {
        return new DefaultVersionManager();
    }
}
