"""A visitor of the webshop, from the home page to the choice of a payment."""

from __future__ import annotations

from workeroo.catalog.journeys.calls import LANGUAGE, rpc, translations
from workeroo.catalog.journeys.product import Ask, Journey, Take

# A tile of the grid whose product can be bought at once: Odoo writes its type beside its button. A
# combo asks more questions than a visit answers here.
_TILE = r'href="((?:/[A-Za-z_@]+)?/shop/[^"?]+)" class="oe_product_image_link'
_BUYABLE = (
    _TILE + r'(?=(?:[^<]*<(?!/form>))*?input name="product_type" type="hidden" value="(?!combo))'
)

_PICTURE = r'<img src="(/web/image/product[^"]+)" class="[^"]*oe_product_image_img'

_PRICE = {
    "product_template_id": "{template}",
    "product_id": "{product}",
    "combination": [],
    "add_qty": 1,
    "uom_id": None,
}

_TEXTS = "/website/translations"

_CSRF = Take(name="csrf", where="html", pattern=r'name="csrf_token" value="([^"]+)"')

JOURNEY = Journey(
    name="shop-visitor",
    does="Looks at the shop and a product, puts it into the cart, gives an address, and leaves "
    "where the payment would begin.",
    steps=(
        Ask(name="home page", path="/", says='id="wrapwrap"', takes=(LANGUAGE,)),
        translations("texts", _TEXTS, "", Take(name="texts", where="json", pattern="hash")),
        Ask(
            name="shop",
            path="/shop",
            says='class="oe_product_cart',
            takes=(
                Take(name="any_product", where="html", pattern=_TILE, which="any"),
                Take(
                    name="product_page",
                    where="html",
                    pattern=_BUYABLE,
                    which="any",
                    otherwise="{any_product}",  # in a design without buttons
                ),
                Take(
                    name="picture",
                    where="html",
                    pattern=_PICTURE,
                    which="any",
                    otherwise="/logo.png",  # where a content delivery network has the pictures
                ),
            ),
            think_seconds=5,
        ),
        translations("texts of the shop", _TEXTS, "{texts}"),
        Ask(name="picture of a product", path="{picture}"),
        Ask(
            name="product page",
            path="{product_page}",
            says='id="add_to_cart"',
            takes=(
                Take(
                    name="product",
                    where="html",
                    pattern=r'class="[^"]*product_id" name="product_id" value="(\d+)"',
                    number=True,
                ),
                Take(
                    name="template",
                    where="html",
                    pattern=r'name="product_template_id" value="(\d+)"',
                    number=True,
                ),
            ),
            think_seconds=10,
        ),
        translations("texts of the product", _TEXTS, "{texts}"),
        rpc(
            "price of the product",
            "/website_sale/get_combination_info",
            _PRICE,
            says=r'"product_template_id": \d+',
        ),
        rpc(
            "product seen",
            "/shop/products/recently_viewed_update",
            {"product_id": "{product}"},
        ),
        rpc(
            "options of the product",
            "/website_sale/should_show_product_configurator",
            {"product_template_id": "{template}", "ptav_ids": [], "is_product_configured": True},
            think_seconds=15,
        ),
        rpc(
            "add to cart",
            "/shop/cart/add",
            {
                "product_template_id": "{template}",
                "product_id": "{product}",
                "quantity": 1,
                "product_custom_attribute_values": [],
                "no_variant_attribute_value_ids": [],
            },
            says=r'"cart_quantity": [1-9]',
        ),
        rpc(
            "price with it in the cart",
            "/website_sale/get_combination_info",
            _PRICE,
            says=r'"product_template_id": \d+',
        ),
        Ask(name="cart", path="/shop/cart", says='id="cart_products"', think_seconds=3),
        translations("texts of the cart", _TEXTS, "{texts}"),
        Ask(
            name="address form",
            path="/shop/checkout?try_skip_step=true",
            says='action="/shop/address/submit"',
            takes=(
                _CSRF,
                Take(name="country", where="html", pattern=r'<option value="(\d+)" code="BE"'),
            ),
            think_seconds=5,
        ),
        translations("texts of the form", _TEXTS, "{texts}"),
        rpc(
            "rules of the country",
            "/my/address/country_info/{country}",
            {"address_type": "billing"},
            says='"required_fields":',
            think_seconds=20,
        ),
        Ask(
            name="address",
            path="/shop/address/submit",
            method="POST",
            form={
                "name": "Visitor of Workeroo",
                "email": "visitor-{visit}@workeroo.example",
                "phone": "+32 2 555 00 00",
                "company_name": "",
                "vat": "",
                "street": "Rue de la Loi 1",
                "street2": "",
                "city": "Bruxelles",
                "zip": "1000",
                "country_id": "{country}",
                "state_id": "",
                "csrf_token": "{csrf}",
                "address_type": "billing",
                "use_delivery_as_billing": "",
                "parent_id": "",
                "required_fields": "name,email",
            },
            says='"redirectUrl":',
            takes=(Take(name="checkout", where="json", pattern="redirectUrl"),),
            think_seconds=10,
        ),
        Ask(
            name="checkout",
            path="{checkout}",
            says='id="shop_checkout"|name="website_sale_(?:non_)?free_cart"',
            takes=(
                Take(
                    name="carrier",
                    where="html",
                    pattern=r'checked="True" data-dm-id="(\d+)"',
                    otherwise="0",  # no such method: the answer is the order as it stands
                ),
            ),
        ),
        translations("texts of the checkout", _TEXTS, "{texts}"),
        rpc("delivery method", "/shop/set_delivery_method", {"dm_id": "{carrier}"}),
        Ask(
            name="payment",
            path="/shop/payment",
            says='name="website_sale_(?:non_)?free_cart"',
            think_seconds=10,
        ),
        translations("texts of the payment", _TEXTS, "{texts}"),
    ),
    modules=("website_sale",),
    first_series=19,
    classes=("^GET /$", "/shop(/|$)", "/website_sale/", "/website/translations$"),
    leaves="a session, a visitor, a cart as a draft order and a contact named Visitor of Workeroo "
    "for each visit",
)
