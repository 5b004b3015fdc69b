{
  'variables': {
    # "1" adds ASan and UBSan to both addons (scripts/test-asan builds them that way).
    'sanitize%': '0',
    # The one target to build: scripts/prebuild.mjs makes one file at a time.
    'only%': '',
  },
  'target_defaults': {
    'dependencies': ["<!(node -p \"require('node-addon-api').targets\"):node_addon_api_except_all"],
    'include_dirs': ['native'],
    'defines': [
      'NAPI_VERSION=9',
      'NODE_ADDON_API_DISABLE_DEPRECATED',
      'NODE_ADDON_API_REQUIRE_BASIC_FINALIZERS',
      # An environment that is torn down takes no exceptions; without this they end the process.
      'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
      'GLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_74',
      'G_LOG_DOMAIN="apt-ostree"',
    ],
    # RTTI: libapt-pkg does dynamic_cast on classes that we derive from.
    'cflags_cc!': ['-fno-rtti', '-fno-exceptions', '-std=gnu++20'],
    'cflags_cc': [
      '-std=c++17', '-frtti', '-fexceptions', '-O2', '-fvisibility=hidden',
      '-Wall', '-Wextra', '-Wnon-virtual-dtor', '-Wno-missing-field-initializers',
      '-fstack-protector-strong', '-fstack-clash-protection',
      '-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=2', '-D_GLIBCXX_ASSERTIONS',
    ],
    # nodelete: neither library survives dlclose, which Node does when a worker ends.
    'ldflags': ['-Wl,-z,relro,-z,now,-z,noexecstack,-z,nodelete'],
    'conditions': [
      ['sanitize=="1"', {
        'cflags_cc': ['-fsanitize=address,undefined', '-fno-omit-frame-pointer', '-g', '-U_FORTIFY_SOURCE'],
        'ldflags': ['-fsanitize=address,undefined'],
      }],
    ],
  },
  'targets': [
    {
      'target_name': 'ostree',
      'conditions': [['only not in ("", "ostree")', {'type': 'none'}]],
      'sources': ['<!@(grep -v "^#" native/ostree.sources)'],
      'cflags_cc': ['<!@(pkg-config --cflags ostree-1 gio-unix-2.0 libcrypto liblzma zlib libzstd)'],
      'libraries': ['<!@(pkg-config --libs ostree-1 gio-unix-2.0 libcrypto liblzma zlib libzstd)'],
    },
    {
      'target_name': 'apt',
      'conditions': [['only not in ("", "apt")', {'type': 'none'}]],
      'sources': ['<!@(grep -v "^#" native/apt.sources)'],
      'cflags_cc': ['<!@(pkg-config --cflags apt-pkg)'],
      'libraries': ['<!@(pkg-config --libs apt-pkg)'],
    },
  ],
}
