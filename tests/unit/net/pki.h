/*
 * pki: a certificate authority for one test run, in a directory of its own.
 * For the tests of net/.
 */
#ifndef TESTS_NET_PKI_H
#define TESTS_NET_PKI_H

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

struct pki {
	char dir[64];
	char ca_path[96];
	char cert_path[96]; /* of the last pki_write() */
	char key_path[96];
	X509 *ca;
	EVP_PKEY *ca_key;
};

struct pki_leaf {
	const char *names; /* "DNS:localhost,IP:127.0.0.1"; NULL: none */
	const char *common_name;
	long from_s; /* from now */
	long until_s;
};

static void
pki_extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(e);
	X509_add_ext(cert, e, -1);
	X509_EXTENSION_free(e);
}

static X509 *
pki_cert(const struct pki_leaf *leaf, EVP_PKEY *key, long serial)
{
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), serial);
	X509_gmtime_adj(X509_getm_notBefore(cert), leaf->from_s);
	X509_gmtime_adj(X509_getm_notAfter(cert), leaf->until_s);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		(const unsigned char *)leaf->common_name, -1, -1, 0);
	X509_set_pubkey(cert, key);
	return cert;
}

static void
pki_save(const char *path, X509 *cert, EVP_PKEY *key)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	if (cert != NULL)
		PEM_write_X509(out, cert);
	if (key != NULL)
		PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
	fclose(out);
}

__attribute__((unused)) static void
pki_open(struct pki *p)
{
	struct pki_leaf ca = { NULL, "Test authority", -3600, 3600 };

	memset(p, 0, sizeof(*p));
	snprintf(p->dir, sizeof(p->dir), "/tmp/ostiary-pki-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->ca_path, sizeof(p->ca_path), "%s/ca.pem", p->dir);
	snprintf(p->cert_path, sizeof(p->cert_path), "%s/cert.pem", p->dir);
	snprintf(p->key_path, sizeof(p->key_path), "%s/key.pem", p->dir);
	p->ca_key = EVP_EC_gen("P-256");
	p->ca = pki_cert(&ca, p->ca_key, 1);
	X509_set_issuer_name(p->ca, X509_get_subject_name(p->ca));
	pki_extend(p->ca, p->ca, NID_basic_constraints, "critical,CA:TRUE");
	X509_sign(p->ca, p->ca_key, EVP_sha256());
	pki_save(p->ca_path, p->ca, NULL);
}

__attribute__((unused)) static void
pki_close(struct pki *p)
{
	unlink(p->ca_path);
	unlink(p->cert_path);
	unlink(p->key_path);
	rmdir(p->dir);
	X509_free(p->ca);
	EVP_PKEY_free(p->ca_key);
}

/* A certificate under the authority, with its key, as files. */
__attribute__((unused)) static void
pki_write(struct pki *p, const struct pki_leaf *leaf)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = pki_cert(leaf, key, 2);

	X509_set_issuer_name(cert, X509_get_subject_name(p->ca));
	if (leaf->names != NULL)
		pki_extend(cert, p->ca, NID_subject_alt_name, leaf->names);
	X509_sign(cert, p->ca_key, EVP_sha256());
	pki_save(p->cert_path, cert, NULL);
	pki_save(p->key_path, NULL, key);
	X509_free(cert);
	EVP_PKEY_free(key);
}

/* A server's context with such a certificate. */
__attribute__((unused)) static SSL_CTX *
pki_server(struct pki *p, const struct pki_leaf *leaf)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	pki_write(p, leaf);
	assert_int_equal(
		SSL_CTX_use_certificate_chain_file(ctx, p->cert_path), 1);
	assert_int_equal(
		SSL_CTX_use_PrivateKey_file(ctx, p->key_path, SSL_FILETYPE_PEM),
		1);
	return ctx;
}

#endif
