/**
 * HTTP/1.1 between clients and instances, request by request: {@link
 * dev.bumpless.router.http.HttpFront} is the entry. A client's connection ({@link
 * dev.bumpless.router.http.HttpConnection}) has one {@link dev.bumpless.router.http.Exchange} at a
 * time, which has an {@link dev.bumpless.router.http.Upstream} while it streams. All three belong
 * to one event loop and are never locked.
 */
@NullMarked
package dev.bumpless.router.http;

import org.jspecify.annotations.NullMarked;
