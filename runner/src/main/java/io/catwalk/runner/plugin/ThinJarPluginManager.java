package io.catwalk.runner.plugin;

import java.nio.file.Path;
import org.pf4j.JarPluginLoader;
import org.pf4j.JarPluginManager;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginLoader;
import org.pf4j.PluginStatusProvider;

/**
 * Loads single jars by PF4J, with two of its habits changed: shared classes come from the application,
 * and no file in the plugins folder can switch a plugin off unseen.
 */
final class ThinJarPluginManager extends JarPluginManager {

    ThinJarPluginManager(Path pluginsDir, String apiVersion) {
        super(pluginsDir);
        // Without it PF4J ignores Plugin-Requires.
        setSystemVersion(apiVersion);
    }

    @Override
    protected PluginLoader createPluginLoader() {
        return new JarPluginLoader(this) {
            @Override
            protected PluginClassLoader createPluginClassLoader(Path path, PluginDescriptor descriptor) {
                return new PluginClassLoader(pluginManager, descriptor, ThinJarPluginManager.class.getClassLoader()) {
                    @Override
                    protected boolean shouldDelegateToParent(String className) {
                        return SharedClasses.contains(className);
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
}
