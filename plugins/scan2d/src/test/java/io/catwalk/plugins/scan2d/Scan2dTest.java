package io.catwalk.plugins.scan2d;

import io.catwalk.testkit.ClassifierContract;

final class Scan2dTest extends ClassifierContract {

    Scan2dTest() {
        super(new Scan2d());
    }
}
